/** A connection that is gone or was never there: an error of the socket, or one of postgres.js about its connection. */
export function isConnectionError(error: unknown): error is NodeJS.ErrnoException {
  if (!(error instanceof Error)) return false;
  const { code = "", syscall } = error as NodeJS.ErrnoException;
  return (
    syscall !== undefined || code.startsWith("CONNECTION_") || code === "CONNECT_TIMEOUT" || code.startsWith("ERR_")
  );
}

/** An error the server answered with, after which it takes the next statement. */
export function isAnswer(error: unknown): boolean {
  return error instanceof Error && "severity" in error && error.severity === "ERROR";
}

/** An error with a `code`, as those of postgres.js have. */
export function coded(code: string, message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, cause === undefined ? {} : { cause }), { code });
}
