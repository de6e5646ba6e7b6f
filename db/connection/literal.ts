/** Quotes a string for SQL text, whatever standard_conforming_strings says. Never for secrets: those are bind parameters. */
export function literal(value: string): string {
  const quoted = `'${value.replaceAll("'", "''")}'`;
  return value.includes("\\") ? ` E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}

/**
 * Puts values into SQL text as psql does, for statements that take no bind parameters: `:'name'` becomes a literal,
 * `:"name"` an identifier. Never for secrets. @throws Error for a name without a value.
 */
export function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/:(['"])(\w+)\1/g, (_, quote: string, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`The SQL names :${quote}${name}${quote}, which has no value.`);
    return quote === "'" ? literal(value) : `"${value.replaceAll('"', '""')}"`;
  });
}
