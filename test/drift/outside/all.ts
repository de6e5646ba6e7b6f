import { beyond } from "./beyond.ts";
import type { OutsideChange } from "./change.ts";
import { columns } from "./columns.ts";
import { functions } from "./functions.ts";
import { objects } from "./objects.ts";
import { platform } from "./platform.ts";
import { roles } from "./roles.ts";
import { tables } from "./tables.ts";

/** Made outside a transaction: the server takes these from a file, or makes a folder. */
const whole: readonly OutsideChange[] = [
  {
    name: "the whole server fires no triggers",
    sql: "alter system set session_replication_role = 'replica'",
    back: "alter system reset session_replication_role",
    finds: ["security:server#setting session_replication_role"],
    as: "platform",
  },
];

/** Changes that somebody makes outside, one finding by name for each. Apart from the mutations, which a check of both stacks is tried with. */
export const outside: readonly OutsideChange[] = [
  ...roles,
  ...platform,
  ...objects,
  ...tables,
  ...columns,
  ...functions,
  ...beyond,
  ...whole,
];
