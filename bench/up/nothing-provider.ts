import { z } from "zod";
import { declared } from "../../providers/host/declaration.ts";
import { type AnyKind, type Definition, kind } from "../../providers/host/kind.ts";
import { serve } from "../../providers/host/server.ts";

/** The least a plugin can do: one resource without inputs, served by the same host as the product's. */
const name = process.env.NOTHING_PACKAGE ?? "nothing";
const nothing: AnyKind<object> = kind<object, object, object>({
  ...declared({ token: `${name}:index:Nothing`, description: "Nothing.", inputs: z.object({}), outputs: {} }),
  check: (news) => ({ inputs: news, failures: [] }),
  diff: () => [],
  create: async () => ({ id: "nothing", state: {} }),
  read: async (_call, id, recorded) => ({ id, state: recorded ?? {} }),
  update: async () => ({}),
  delete: async () => {},
});
const definition: Definition<object> = {
  name,
  version: "0.1.0",
  description: "Nothing.",
  configuration: z.object({}),
  parseConfig: () => ({ config: {}, failures: [] }),
  kinds: [nothing],
  functions: [],
};

serve(definition, process.argv.slice(2));
