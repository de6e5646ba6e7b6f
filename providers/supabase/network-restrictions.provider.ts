import { z } from "zod";
import { configKind } from "./config/config-kind.ts";
import { typedForm } from "./config/form.ts";

const range = z.union(
  [z.cidrv4(), z.cidrv6()],
  "expected a range of addresses such as 203.0.113.0/24 or 2001:db8::/32",
);

/** From which addresses the project's database and poolers are reached. */
export const networkRestrictionsKind = configKind({
  token: "supabase:index/networkRestrictions:NetworkRestrictions",
  description: "From which addresses database and poolers of a project are reached. Deleting leaves the list as it is.",
  inputs: {
    restrictions: z
      .array(range)
      .describe("All allowed ranges, IPv4 and IPv6, such as `203.0.113.0/24`. Everybody: `0.0.0.0/0` and `::/0`."),
  },
  form: typedForm({ section: "network", properties: ["restrictions"] }),
});
