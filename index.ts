import { application } from "./db/application.ts";
import { environmentProgram, type Outputs } from "./environment/program.ts";

/** The program. It is the only export: the engine takes every other one for an output of the stack. */
export default function program(): Promise<Outputs> {
  return environmentProgram(application);
}
