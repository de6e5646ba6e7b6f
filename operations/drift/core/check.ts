import type { Sql } from "postgres";
import { readJournal } from "../../../db/migrate/journal.ts";
import type { DatabaseLogin } from "../../session/login.ts";
import { type Known, withoutConsequences } from "./consequences.ts";
import { describeError } from "./describe-error.ts";
import { type ExpectedState, expectedState } from "./expected.ts";
import type { Finding, Layer, Severity } from "./finding.ts";
import { type Rows, readRows } from "./kinds/rows.ts";
import { adviceFindings, withoutKnownAdvice } from "./layers/advisors.ts";
import { legacyKeyFindings } from "./layers/api-keys.ts";
import { checkCatalog } from "./layers/catalog.ts";
import { type CatalogSource, catalogSource, usableSource } from "./layers/catalog-source.ts";
import { compareConfiguration } from "./layers/configuration.ts";
import { type MigrationsView, readMigrationsLayer } from "./layers/migrations.ts";
import { compareOwn } from "./layers/own.ts";
import { withoutRepetition } from "./layers/repetition.ts";
import { type ResourceChange, type ResourceView, resourceChanges, resourceFindings } from "./layers/resources.ts";
import { foreignTablesOf, readSchema, throughLast, type Version } from "./layers/schema-facts.ts";
import { compareSecurity } from "./layers/security.ts";
import { type LayerResult, type StackResult, statusOf } from "./result.ts";
import type { Subject } from "./subject.ts";
import { readOnly } from "./target.ts";

/** Looks at one stack. Never throws for what could not be read: that layer is `unreachable`, and so is the stack. */
export async function checkStack(
  subject: Subject,
  options: { readonly layers: readonly Layer[]; readonly failOn: Severity },
): Promise<StackResult> {
  const started = performance.now();
  const busy = await subject.busy();
  if (busy) return busyResult(subject.stack, busy, started);
  const run = new Run(subject, options.layers);
  await run.all();
  const after = await subject.busy();
  if (after) return busyResult(subject.stack, after, started);
  const found = [...run.findings.filter(({ layer }) => layer !== "security"), ...run.security()];
  const findings = withoutConsequences(found, await run.known());
  return {
    stack: subject.stack,
    ...run.catalog(),
    address: await run.address(),
    status: statusOf(run.results, findings, options.failOn),
    layers: run.results,
    findings,
    notes: run.notes,
    seconds: seconds(started),
  };
}

function busyResult(stack: string, reason: string, started: number): StackResult {
  return { stack, status: "busy", reason, layers: [], findings: [], notes: [], seconds: seconds(started) };
}

function seconds(since: number): number {
  return Math.round(performance.now() - since) / 1000;
}

/** One pass over the layers of a stack. What several layers need is read once. */
class Run {
  readonly results: LayerResult[] = [];
  readonly findings: Finding[] = [];
  readonly notes: string[] = [];
  readonly #subject: Subject;
  readonly #layers: readonly Layer[];
  readonly #memory = new Map<string, Promise<unknown>>();
  #view: MigrationsView | undefined;
  #changes: readonly ResourceChange[] = [];
  /** Judged once everything else is known. */
  #advice: readonly Finding[] = [];

  constructor(subject: Subject, layers: readonly Layer[]) {
    this.#subject = subject;
    this.#layers = layers;
  }

  async all(): Promise<void> {
    await Promise.all([
      this.#layer("resources", async () => {
        this.#changes = resourceChanges(await this.#resources());
        return resourceFindings(this.#changes);
      }),
      this.#layer("migrations", async () => (await this.#migrations()).findings),
      this.#layer("schema", () => this.#schema()),
      this.#layer("catalog", () => this.#catalog()),
      this.#layer("security", () => this.#security()),
      this.#layer("configuration", async () => {
        const [settings, resources] = await Promise.all([this.#subject.settings(), this.#resources()]);
        return compareConfiguration(settings, resources);
      }),
    ]);
    const order = this.#layers;
    this.results.sort((one, other) => order.indexOf(one.layer) - order.indexOf(other.layer));
    this.findings.sort(
      (one, other) => order.indexOf(one.layer) - order.indexOf(other.layer) || (one.id < other.id ? -1 : 1),
    );
  }

  security(): Finding[] {
    const others = this.findings.filter(({ layer }) => layer !== "security");
    const own = withoutRepetition(
      this.findings.filter(({ layer }) => layer === "security"),
      others,
    );
    return [...own, ...withoutKnownAdvice(this.#advice, [...own, ...others])];
  }

  /** What tells findings that follow from others. */
  async known(): Promise<Known> {
    const source = this.#view && usableSource(this.#view.settings);
    const login = await this.#target().then(
      ({ user }) => user,
      () => "",
    );
    const catalog = source && { server: source.server, schema: source.localSchema };
    return { changes: this.#changes, catalog, login };
  }

  catalog(): Pick<StackResult, "catalog" | "source"> {
    if (!this.#view) return {};
    const { settings } = this.#view;
    if (settings.catalog !== "foreign") return { catalog: settings.catalog === "snapshot" ? "snapshot" : "local" };
    const source = settings.catalog_source as unknown as CatalogSource | undefined;
    return { catalog: "foreign", source: `${source?.options?.host}:${source?.options?.port ?? 5432}` };
  }

  /** Where the database is, as far as that could be found out. */
  async address(): Promise<string | undefined> {
    const found = await this.#target().catch(() => undefined);
    return found ? `${found.host}:${found.port}` : undefined;
  }

  async #layer(layer: Layer, work: () => Promise<readonly Finding[]>): Promise<void> {
    if (!this.#layers.includes(layer)) return;
    const started = performance.now();
    try {
      this.findings.push(...(await work()));
      this.results.push({ layer, status: "checked", seconds: seconds(started) });
    } catch (error) {
      this.results.push({ layer, status: "unreachable", seconds: seconds(started), error: describeError(error) });
    }
  }

  #once<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const known = this.#memory.get(name) ?? work();
    this.#memory.set(name, known);
    return known as Promise<Result>;
  }

  #resources = (): Promise<ResourceView> => this.#once("resources", () => this.#subject.resources());
  #target = (): Promise<DatabaseLogin> => this.#once("target", () => this.#subject.target());

  #migrations = (): Promise<MigrationsView> =>
    this.#once("migrations", async () => {
      const { folder } = this.#subject;
      const view = await readOnly(await this.#target(), (sql: Sql) => readMigrationsLayer(sql, folder));
      this.#view = view;
      this.notes.push(...view.notes);
      return view;
    });

  #expected = (): Promise<ExpectedState> =>
    this.#once("expected", async () => {
      const { folder, shadow, platform, cacheFolder } = this.#subject;
      const { plan, settings } = await this.#migrations();
      const applied = throughLast(plan, readJournal(folder).migrations);
      const version: Version = { folder, settings, applied };
      return expectedState({ version, shadow, platform, cacheFolder });
    });

  #rows = (): Promise<Rows> => this.#once("rows", async () => readRows(await this.#target()));

  async #schema(): Promise<Finding[]> {
    const target = await this.#target();
    const [live, rows, expected, { settings }] = await Promise.all([
      readSchema(target),
      this.#rows(),
      this.#expected(),
      this.#migrations(),
    ]);
    const source = catalogSource(settings);
    const catalog = source && { server: source.server, schema: source.localSchema };
    const { readers, home } = this.#subject;
    return compareOwn({ live: { schema: live, rows }, expected, owned: { catalog, readers }, home });
  }

  async #catalog(): Promise<Finding[]> {
    const source = catalogSource((await this.#migrations()).settings);
    if (!source) return [];
    const { schema } = await this.#expected();
    return checkCatalog(await this.#target(), source, foreignTablesOf(schema, source.localSchema));
  }

  async #security(): Promise<Finding[]> {
    const [live, { born, migrated }, advice, keys] = await Promise.all([
      this.#rows(),
      this.#expected(),
      this.#subject.advice(),
      this.#subject.legacyKeys(),
    ]);
    if ("notAsked" in advice) this.notes.push(`Supabase's advisors were not asked: ${advice.notAsked}`);
    this.#advice = adviceFindings(advice);
    const { readers, home } = this.#subject;
    const schemaLooked = this.#layers.includes("schema");
    return [...compareSecurity({ live, born, migrated, home, readers, schemaLooked }), ...legacyKeyFindings(keys)];
  }
}
