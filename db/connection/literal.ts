/** Quotes a string for SQL text, whatever standard_conforming_strings says. Never for secrets: those are bind parameters. */
export function literal(value: string): string {
  const quoted = `'${value.replaceAll("'", "''")}'`;
  return value.includes("\\") ? ` E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}
