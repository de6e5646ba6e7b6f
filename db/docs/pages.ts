import type { Rule } from "../schema/decisions.ts";
import { type DocumentedArea, type DocumentedTable, documentedAreas } from "./areas.ts";
import { drawArea } from "./picture.ts";

const ruleWords: Record<Rule, string> = {
  agency: "own agency",
  ownAgency: "own agency",
  admin: "admins",
  ownAgencyAdmin: "admins",
  self: "own row",
  everyUser: "everybody signed in",
};

function accessOf({ decision }: DocumentedTable): string {
  if (!decision) return "read by `authenticated` and `service_role`; written by the owner";
  const { authenticated, serviceRole } = decision;
  const operations = (["select", "insert", "update", "delete"] as const).flatMap((operation) => {
    const rule = authenticated[operation];
    const columns =
      operation === "update" && authenticated.updateColumns ? ` (${authenticated.updateColumns.join(", ")})` : "";
    return rule ? [`${operation}${columns}: ${ruleWords[rule]}`] : [];
  });
  const service = { write: "reads and writes", read: "reads", none: "nothing" }[serviceRole];
  return `${operations.join("; ") || "nothing"}; service_role: ${service}`;
}

const calledFor = ({ decision, name }: DocumentedTable) => decision?.calledForBy ?? `\`${name}\``;

function page(area: DocumentedArea): string {
  const rows = area.tables.map(
    (table) => `| \`${table.name}\` | ${table.purpose} | ${calledFor(table)} | ${accessOf(table)} |`,
  );
  return `# ${area.name[0]?.toUpperCase()}${area.name.slice(1)}

![Tables of this area](./${area.name}.svg)

| Table | What it is for | Line of the system description | Who reaches what |
| --- | --- | --- | --- |
${rows.join("\n")}

<!-- Written by npm run db:docs from db/schema. -->
`;
}

/** Every generated document of docs/reference/database, by file name. */
export function generatedDocuments(): Record<string, string> {
  return Object.fromEntries(
    documentedAreas().flatMap((area) => [
      [`${area.name}.md`, page(area)],
      [`${area.name}.svg`, drawArea(area)],
    ]),
  );
}
