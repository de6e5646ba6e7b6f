import type { Finding } from "./finding.ts";

/** What one finding explains of others. */
interface Rule {
  readonly cause: (finding: Finding) => boolean;
  readonly effect: (finding: Finding) => boolean;
}

const isResource = (kind: string) => (finding: Finding) =>
  finding.layer === "resources" && finding.object.startsWith(`${kind} `);
const isGone = ({ found }: Finding) => found === "gone";

/** Whether everything that is said of a finding is of this kind. */
const saysOnly = ({ found }: Finding, said: RegExp) => found.split("; ").every((text) => said.test(text));
const changesOnly = ({ expected }: Finding, names: RegExp) =>
  expected
    .replace(/^as recorded: /, "")
    .split(", ")
    .every((name) => names.test(name));

const RULES: readonly Rule[] = [
  // Without a server there is nothing to read through.
  {
    cause: (finding) => isResource("ForeignCatalog")(finding) && isGone(finding),
    effect: ({ layer }) => layer === "catalog",
  },
  // A server or a mapping that is wrong is what the roles run into.
  { cause: isResource("ForeignCatalog"), effect: (finding) => isAbout(finding, /^(catalog as|rows of) /) },
  // Who may use the catalog's server, and through which mapping, is a part of it.
  {
    cause: isResource("ForeignCatalog"),
    effect: ({ layer, object }) => layer === "security" && object.startsWith("server "),
  },
  // The mapping and the reader's login are compared with what the Vault holds.
  {
    cause: isResource("VaultSecret"),
    effect: (finding) =>
      isAbout(finding, /^reader /) ||
      (isResource("ForeignCatalog")(finding) &&
        saysOnly(finding, /Vault/) &&
        changesOnly(finding, /^(differences|secretRevision)$/)),
  },
  // Where the catalog is read from is a setting that the migrations keep.
  {
    cause: (finding) => isResource("Migrations")(finding) && /settings/.test(finding.expected),
    effect: (finding) =>
      isAbout(finding, /^reader /) ||
      (isResource("ForeignCatalog")(finding) && saysOnly(finding, /the setting catalog_source/)),
  },
  // A reader that is to be mended may get another password, and the hand-off is written anew.
  {
    cause: isResource("ReaderRole"),
    effect: ({ layer, object }) => layer === "configuration" && object.startsWith("HandOff "),
  },
];

function isAbout({ layer, object }: Finding, name: RegExp): boolean {
  return layer === "catalog" && name.test(object);
}

/** Leaves out what follows from another finding, so that one change outside is one finding. */
export function withoutConsequences(findings: readonly Finding[]): Finding[] {
  return findings.filter(
    (finding) =>
      !RULES.some((rule) => rule.effect(finding) && findings.some((other) => other !== finding && rule.cause(other))),
  );
}
