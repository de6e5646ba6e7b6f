import { plan } from "@supabase/pg-delta";
import { readSchema } from "../../operations/drift/core/layers/schema-facts.ts";
import type { DatabaseLogin } from "../../operations/session/login.ts";

// pg-delta alone: reads a database twice, as if it were two, and compares. The target comes on stdin.
let text = "";
for await (const chunk of process.stdin) text += chunk;
const target: DatabaseLogin = JSON.parse(text);
const [one, other] = [await readSchema(target), await readSchema(target)];
if (plan(one.facts, other.facts, {}).deltas.length > 0) throw new Error("A database differs from itself");
