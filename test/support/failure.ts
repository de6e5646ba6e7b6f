/** What an attempt fails with, as text; "none" where it does not. */
export function failureOf(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    () => "none",
    (cause: unknown) => String(cause),
  );
}
