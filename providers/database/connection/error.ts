/** What a driver or server answered, as far as it may be shown. */
export interface DriverAnswer {
  /** SQLSTATE of the server, or the code of the operating system or driver. */
  code: string;
  message: string;
  detail: string;
  hint: string;
}

/** A failed attempt, with the code for callers that go on from it. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  readonly code: string;

  constructor(message: string, options: { code: string }) {
    super(message);
    this.code = options.code;
  }
}
