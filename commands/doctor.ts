import { command } from "../operations/doctor/arguments.ts";
import { stackArguments } from "./frame/arguments.ts";
import { isHelpAsked } from "./frame/help.ts";

// What is examined, and with what, is loaded after that.
if (isHelpAsked()) stackArguments(command);
await import("../operations/doctor/run.ts");
