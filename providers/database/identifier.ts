/** Quotes a name for SQL text. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
