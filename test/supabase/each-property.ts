import { expect } from "vitest";
import type { AnyKind } from "../../providers/host/kind.ts";
import type { ManagementAccess } from "../../providers/management/access.ts";
import { Life } from "./life.ts";
import type { Trial } from "./trial.ts";

/** A value, other than its default, for every property that `Args` declares: one without a case does not compile. */
export type EachProperty<Args, Apart extends string = never> = {
  [Name in Exclude<keyof Args, "projectRef" | Apart>]-?: string | number | boolean;
};

/**
 * Updates one property after the other, each by itself: it alone differs, then nothing does, and another client sees the
 * value.
 * @param options.see what the other client answers for the setting of that API name
 */
export async function updateEach(options: {
  kind: AnyKind<ManagementAccess>;
  trial: Trial;
  ref: string;
  cases: Record<string, string | number | boolean>;
  see: (setting: string, written: string | number | boolean) => Promise<unknown>;
}): Promise<void> {
  const { kind, trial, ref, cases, see } = options;
  const life = new Life({ kind, trial });
  await life.up({ projectRef: ref });
  for (const [property, value] of Object.entries(cases)) {
    const setting = property.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const before = await see(setting, value);
    expect(before, `${property} before`).not.toEqual(value);
    const program = { projectRef: ref, [property]: value };
    expect(await life.up(program)).toEqual([property]);
    expect(await life.refresh()).toBe(true);
    expect(life.diff(program)).toEqual([]);
    expect(await see(setting, value), property).toEqual(value);
  }
}
