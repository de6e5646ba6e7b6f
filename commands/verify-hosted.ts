import { verifyArguments } from "../operations/verification/arguments.ts";
import { isHelpAsked } from "./frame/help.ts";

// The engine is loaded after that.
if (isHelpAsked()) verifyArguments();
await import("../operations/verification/run.ts");
