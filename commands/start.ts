import { helpIfAsked } from "./frame/help.ts";

helpIfAsked(`Brings up Production and Preview in the local cloud, with a sample catalog, and searches it from Preview.
Run again, it converges.

Usage: npm start`);
await import("../operations/start/run.ts");
