import { DIFFERENCES } from "../../../providers/database/foreign/observe.ts";
import type { Finding } from "./finding.ts";
import type { ResourceChange } from "./layers/resources.ts";

/** What is known besides the findings, to tell what follows from what. */
export interface Known {
  readonly changes: readonly ResourceChange[];
  /** The server of the foreign catalog and the schema of its tables; undefined where it is not foreign, or unknown. */
  readonly catalog: { readonly server: string; readonly schema: string } | undefined;
  /** The login of the check. */
  readonly login: string;
}

/** Whether a finding follows from something that is reported itself. Goes by ids and properties, never by messages. */
type Rule = (finding: Finding, known: Known, findings: readonly Finding[]) => boolean;

const RULES: readonly Rule[] = [readThroughServer, readAsLogin, readWithoutGrant, ofServer, fromVault, fromSettings];

/** Leaves out what follows from another finding, so that one change outside is one finding. */
export function withoutConsequences(findings: readonly Finding[], known: Known): Finding[] {
  return findings.filter((finding) => !RULES.some((rule) => rule(finding, known, findings)));
}

/** Without a server there are no tables; one with other options reads elsewhere, or not at all. */
function readThroughServer({ layer, object }: Finding, known: Known): boolean {
  const [server] = changesOf(known, "ForeignCatalog");
  if (layer !== "catalog" || !server) return false;
  if (server.gone) return /^(foreign table|column|catalog as|rows of) /.test(object);
  return has(server, "options") && /^(catalog as|rows of) /.test(object);
}

/** The mapping of the check's own login is compared by the resource, and rows are counted through it. */
function readAsLogin({ layer, object }: Finding, known: Known): boolean {
  const [server] = changesOf(known, "ForeignCatalog");
  if (layer !== "catalog" || !server) return false;
  const { login } = known;
  const { passwordDiffers, secretMissing, unmapped } = DIFFERENCES;
  const said = [passwordDiffers, secretMissing, unmapped(login)];
  if (!has(server, "user") && !said.some((text) => server.differences.includes(text))) return false;
  return object.startsWith("rows of ") || object === `catalog as ${login}` || object.startsWith(`catalog as ${login}:`);
}

/** A role that may not read a table, or not enter the schema, is refused by it. */
function readWithoutGrant({ layer, object }: Finding, { catalog }: Known, findings: readonly Finding[]): boolean {
  const [, role, tables] = /^catalog as ([^:]+)(?:: (.+))?$/.exec(object) ?? [];
  if (layer !== "catalog" || !catalog || !role) return false;
  const isMissing = (target: string) =>
    findings.some((other) => other.layer === "schema" && other.object === `grant to ${role} on ${target}`);
  if (isMissing(`schema ${catalog.schema}`)) return true;
  return tables?.split(", ").every((table) => isMissing(`foreign table ${catalog.schema}.${table}`)) ?? false;
}

/** Who may use the catalog's server, and through which mapping, is a part of it. */
function ofServer({ layer, object }: Finding, known: Known): boolean {
  const ofCatalog = object === `server ${known.catalog?.server}`;
  return layer === "security" && ofCatalog && changesOf(known, "ForeignCatalog").length > 0;
}

/** The mapping and the reader's login are compared with what the Vault holds. */
function fromVault({ layer, object }: Finding, known: Known): boolean {
  const secrets = changesOf(known, "VaultSecret");
  if (secrets.length === 0) return false;
  if (layer === "catalog" && object.startsWith("reader ")) {
    return secrets.some((secret) => secret.gone || has(secret, "value") || has(secret, "valueMatches"));
  }
  const { secretMissing, passwordDiffers } = DIFFERENCES;
  const mapping = { properties: ["differences", "secretRevision"], differences: [secretMissing, passwordDiffers] };
  return layer === "resources" && isOnly(known, object, mapping);
}

/** Where the catalog is read from is a setting that the migrations keep. */
function fromSettings({ layer, object }: Finding, known: Known): boolean {
  if (!changesOf(known, "Migrations").some((one) => has(one, "settings"))) return false;
  if (layer === "catalog") return object.startsWith("reader ");
  const setting = { properties: ["differences"], differences: [DIFFERENCES.settingDiffers] };
  return layer === "resources" && isOnly(known, object, setting);
}

function changesOf({ changes }: Known, kind: string): readonly ResourceChange[] {
  return changes.filter(({ resource }) => resource.startsWith(`${kind} `));
}

/** Whether a property, or a part of it, differs. */
function has({ properties }: ResourceChange, name: string): boolean {
  return properties.some((path) => isPart(path, name));
}

function isPart(path: string, name: string): boolean {
  return path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`);
}

/** Whether a ForeignCatalog differs in these properties alone, in these of its own differences alone. */
function isOnly(
  known: Known,
  object: string,
  all: { readonly properties: readonly string[]; readonly differences: readonly string[] },
): boolean {
  const change = changesOf(known, "ForeignCatalog").find(({ resource }) => resource === object);
  if (!change || change.gone) return false;
  const isKnown = change.properties.every((path) => all.properties.some((name) => isPart(path, name)));
  return isKnown && change.differences.every((text) => all.differences.includes(text));
}
