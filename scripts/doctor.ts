import { stackArguments } from "./arguments.ts";
import { command } from "./doctor/arguments.ts";
import { isHelpAsked } from "./help.ts";

// What is examined, and with what, is loaded after that.
if (isHelpAsked()) stackArguments(command);
await import("./doctor/run.ts");
