import { type Finding, findingId } from "../finding.ts";

/** Whether the keys `anon` and `service_role` are in use; undefined where that is not known. */
export interface LegacyKeys {
  /** At the last `up`. */
  readonly recorded: boolean | undefined;
  readonly live: boolean | undefined;
}

/** Legacy API keys that were switched off or on outside; an application that holds one is refused without them. */
export function legacyKeyFindings({ recorded, live }: LegacyKeys): Finding[] {
  if (recorded === undefined || live === undefined || recorded === live) return [];
  const word = (isOn: boolean) => (isOn ? "on" : "off");
  const object = "legacy API keys";
  return [
    {
      id: findingId("security", object),
      layer: "security",
      severity: "high",
      object,
      expected: `${word(recorded)}, as at the last up`,
      found: word(live),
      repair: {
        how: "hand",
        safe: false,
        advice: `Switch them ${word(recorded)} in the dashboard (API keys), or declare legacyApiKeysEnabled of the Project.`,
      },
    },
  ];
}
