import { type Finding, findingId } from "../finding.ts";
import { configurationFindings, protectionFindings, type ResourceView } from "./resources.ts";

/** Values by key; those of secrets are compared and never shown. */
export type SettingValues = Readonly<Record<string, { readonly value?: string; readonly secret: boolean }>>;

/** What the stack's settings say, and what they said at the last `up`. */
export interface SettingsView {
  readonly declared: SettingValues;
  /** Undefined where no successful `up` is remembered. */
  readonly deployed: SettingValues | undefined;
}

/**
 * Settings that were changed since the last `up`. What they would change is part of their findings; resources the program
 * declares otherwise for another reason are findings of their own only where no setting explains them, or where they
 * would be lost.
 */
export function compareConfiguration(settings: SettingsView, resources: ResourceView): Finding[] {
  const waiting = configurationFindings(resources);
  const protection = protectionFindings(resources);
  const keys = changedKeys(settings);
  if (keys.length === 0) return [...waiting, ...protection];
  const safe = waiting.every(({ repair }) => repair.safe);
  const names = waiting.map(({ object }) => object);
  const effect =
    names.length > 0 ? `npm run up deploys it; it would change ${names.join(", ")}.` : "npm run up deploys it.";
  // What would be lost is said by the resource that holds it, once, however many settings ask for it.
  const lossy = waiting.filter(({ repair }) => repair.advice.includes("data is lost"));
  const changed = keys.map((key): Finding => {
    const object = `setting ${key}`;
    return {
      id: findingId("configuration", object),
      layer: "configuration",
      severity: "medium",
      object,
      expected: shown(settings.declared[key]),
      found: `deployed with ${shown(settings.deployed?.[key])}`,
      repair: { how: "up", safe, advice: effect },
    };
  });
  return [...changed, ...lossy, ...protection];
}

function changedKeys({ declared, deployed }: SettingsView): string[] {
  if (!deployed) return [];
  const keys = [...new Set([...Object.keys(declared), ...Object.keys(deployed)])].sort();
  return keys.filter((key) => declared[key]?.value !== deployed[key]?.value);
}

function shown(held: SettingValues[string] | undefined): string {
  if (held?.value === undefined) return "no value";
  if (held.secret) return "another secret";
  return held.value === "" ? "an empty value" : held.value;
}
