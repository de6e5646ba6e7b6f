import { createInterface } from "node:readline/promises";
import { InterruptedError, RefusedError } from "../../engine/error.ts";

/** A question with the answer no as default. */
export interface Question {
  readonly question: string;
  /** What is refused without a yes, as a phrase. */
  readonly attempted: string;
}

/** Asks on the terminal. @throws RefusedError for any answer but yes, and where there is no terminal to ask on; InterruptedError for Ctrl-C */
export async function confirm({ question, attempted }: Question): Promise<void> {
  const refuse = (answered: string) =>
    new RefusedError({ attempted, answered, next: "Nothing was changed. Add --yes to go ahead unasked." });
  if (!process.stdin.isTTY) throw refuse("it needs a yes, and there is no terminal to ask on");
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} [y/N] `).catch((error: unknown) => {
    process.stderr.write("\n");
    // Ctrl-D is no answer. Ctrl-C is a key here, and no signal.
    if (!(error instanceof Error && error.message.includes("Ctrl+C"))) return "";
    const answered = "interrupted at the question";
    throw new InterruptedError({ attempted, answered, next: "Nothing was changed." }, { cause: error });
  });
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw refuse("the answer was not yes");
}
