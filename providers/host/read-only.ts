/** True while a check runs that must leave no trace, and that has to see what would happen rather than be refused. */
export function isReadOnly(): boolean {
  return process.env.TAILFIRE_READ_ONLY === "1";
}
