import { z } from "zod";
import { checkWith } from "../../host/check.ts";
import { declared } from "../../host/declaration.ts";
import { type AnyKind, type Call, type Change, type Properties, UNKNOWN } from "../../host/kind.ts";
import type { ManagementAccess } from "../../management/access.ts";
import { ApiError } from "../../management/error.ts";
import { apiOf } from "../api-of.ts";
import type { BySection, Form } from "./form.ts";
import { projectRef } from "./project-ref.ts";
import { type Section, sections } from "./sections.ts";
import { isSame, isSecretSetting, observe, restated, type Values } from "./values.ts";

/**
 * A resource that holds settings of a project: only what the user sets is written, read and compared. Deleting it
 * leaves the settings as they are, since it is not recorded what they were before.
 */
export function configKind(options: {
  token: string;
  description: string;
  /** Inputs besides `projectRef`. */
  inputs: z.ZodRawShape;
  form: Form;
}): AnyKind<ManagementAccess> {
  const { token, description, form } = options;
  const inputs = z.strictObject({ projectRef, ...options.inputs });
  const { secrets, ...own } = declared({ token, description, inputs, outputs: {} });
  // An import without them would be recorded as one that its own check refuses.
  const needed = Object.entries(options.inputs).flatMap(([name, input]) =>
    z.safeParse(input, undefined).success ? [] : [name],
  );
  return {
    ...own,
    secrets: [...secrets, "answered"],
    check: (news, unknowns) => checkWith(inputs, news, unknowns),
    diff: (olds, news) => differences(form, olds, news),
    unsettled: () => ["answered"],
    create: async (call, news) => ({ id: String(news.projectRef), state: await apply({ call, form, inputs: news }) }),
    update: (call, _id, _olds, news) => apply({ call, form, inputs: news }),
    async read(call, ref, recorded, recordedInputs = {}) {
      if (!projectRef.safeParse(ref).success) throw new Error(`"${ref}" is not a project ref: 20 lower-case letters`);
      const state = await unlessGone(
        recorded ? look(call, form, recorded, recordedInputs) : lookAtAll(call, form, ref),
      );
      if (!state) return undefined;
      if (recorded) return { id: ref, state };
      return {
        id: ref,
        state,
        inputs: { projectRef: ref, ...Object.fromEntries(needed.map((name) => [name, state[name]])) },
      };
    },
    delete: async (call) => call.context.progress("the settings stay as they are; they are no longer managed"),
  };
}

function differences(form: Form, olds: Properties, news: Properties): Change[] {
  const ref = String(olds.projectRef);
  // A ref that is to be known later is that of a project that is to be made: an update keeps it.
  const moved = news.projectRef !== olds.projectRef;
  const changes: Change[] = moved ? [{ property: "projectRef", kind: "update", replace: true }] : [];
  const recorded = form.toValues(olds);
  const wanted = form.toValues(news);
  for (const section of form.sections) {
    const live = recorded[section] ?? {};
    for (const [name, written] of Object.entries(wanted[section] ?? {})) {
      if (isSame({ written, live: live[name], ref })) continue;
      changes.push({ property: form.propertyOf(section, name), kind: name in live ? "update" : "add" });
    }
  }
  const later = Object.keys(news).filter((name) => name !== "projectRef" && news[name] === UNKNOWN);
  return [...changes, ...later.map((property): Change => ({ property, kind: "update" }))];
}

/** Writes what is not in force yet, section by section, and records how the API puts it. */
async function apply(options: { call: Call<ManagementAccess>; form: Form; inputs: Properties }) {
  const { call, form, inputs } = options;
  const api = apiOf(call);
  const ref = String(inputs.projectRef);
  const answered: BySection = {};
  const wanted = form.toValues(inputs);
  for (const name of form.sections) {
    const written = wanted[name];
    if (!written || Object.keys(written).length === 0) continue;
    const section: Section = sections[name];
    const before = await section.read(api, ref);
    const due = Object.entries(written).filter(
      ([setting, value]) => !(setting in before) || !isSame({ written: value, live: before[setting], ref }),
    );
    if (due.length > 0) await section.write(api, ref, { ...Object.fromEntries(due), ...form.alongside?.(inputs) });
    const other = restated({ written, live: due.length > 0 ? await section.read(api, ref) : before, ref });
    if (Object.keys(other).length > 0) answered[name] = other;
    warnOfRestated(call, form.sections.length > 1 ? `${name} ` : "", { written, other });
  }
  return { ...inputs, answered };
}

function warnOfRestated(
  call: Call<ManagementAccess>,
  where: string,
  { written, other }: { written: Values; other: Values },
) {
  for (const name of Object.keys(other).filter((setting) => !isSecretSetting(setting))) {
    const [wrote, answers] = [written[name], other[name]].map((value) => JSON.stringify(value));
    call.context.warn(
      `${where}${name} was written as ${wrote}; the API answers ${answers}, which is taken as the same`,
    );
  }
}

async function look(
  call: Call<ManagementAccess>,
  form: Form,
  recorded: Properties,
  inputs: Properties,
): Promise<Properties> {
  const api = apiOf(call);
  const ref = String(recorded.projectRef);
  const base = Object.keys(inputs).length > 0 ? inputs : recorded;
  const wanted = form.toValues(base);
  const answered = (recorded.answered ?? {}) as BySection;
  const observed: BySection = {};
  for (const name of form.sections) {
    const written = wanted[name];
    if (!written || Object.keys(written).length === 0) continue;
    const { read, absentIsDefault = false }: Section = sections[name];
    const live = await read(api, ref);
    observed[name] = observe({ written, live, answered: answered[name] ?? {}, ref, absentIsDefault });
  }
  return { ...base, answered, ...form.toProperties(observed) };
}

/** Everything there is, for an import: what the program sets is compared with it. */
async function lookAtAll(call: Call<ManagementAccess>, form: Form, ref: string): Promise<Properties> {
  const api = apiOf(call);
  const all = await Promise.all(form.sections.map(async (name) => [name, await sections[name].read(api, ref)]));
  return { projectRef: ref, ...form.toProperties(Object.fromEntries(all)) };
}

async function unlessGone<Answer>(look: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await look;
  } catch (error) {
    // 406 is what the platform answers for the services of a project that was deleted.
    if (error instanceof ApiError && (error.status === 404 || error.status === 406)) return undefined;
    throw error;
  }
}
