import { verifyArguments } from "../scripts/verify/arguments.ts";
import { isHelpAsked } from "./frame/help.ts";

// The engine is loaded after that.
if (isHelpAsked()) verifyArguments();
await import("../scripts/verify/run.ts");
