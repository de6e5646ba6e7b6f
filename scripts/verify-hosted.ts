import { isHelpAsked } from "./help.ts";
import { verifyArguments } from "./verify/arguments.ts";

// The engine is loaded after that.
if (isHelpAsked()) verifyArguments();
await import("./verify/run.ts");
