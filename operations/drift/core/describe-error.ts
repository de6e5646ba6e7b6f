/** What went wrong in one line: SQLSTATE or code, and the message. Holds no secret. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const inner = error instanceof AggregateError ? error.errors.map((one: Error) => one.message).join("; ") : "";
  const text = error.message || inner || error.name;
  if (!code || text.includes(code)) return text;
  return /^[0-9A-Z]{5}$/.test(code) ? `SQLSTATE ${code}: ${text}` : `${code}: ${text}`;
}
