import { expect, test } from "vitest";
import { settingsLife } from "../../test/supabase/settings-life.ts";
import { networkRestrictionsKind } from "./network-restrictions.provider.ts";

settingsLife({
  kind: networkRestrictionsKind,
  path: "/network-restrictions/apply",
  method: "POST",
  first: { restrictions: ["127.0.0.0/8"] },
  steps: [
    {
      program: { restrictions: ["2001:db8::/32", "127.0.0.0/8"] },
      differs: ["restrictions"],
      seen: { dbAllowedCidrs: ["127.0.0.0/8"], dbAllowedCidrsV6: ["2001:db8::/32"] },
    },
  ],
  see: async (trial, ref) => (await trial.client.getNetworkRestrictions(ref)).data.config,
  async meddle(trial, ref) {
    const everybody = { dbAllowedCidrs: ["0.0.0.0/0"], dbAllowedCidrsV6: ["::/0"] };
    await trial.client.updateNetworkRestrictions(ref, everybody);
    return ["restrictions"];
  },
});

test("what is no range of addresses is refused", () => {
  const given = { projectRef: "abcdefghijklmnopqrst", restrictions: ["203.0.113.7", "example.com", "::/0"] };
  const { failures } = networkRestrictionsKind.check(given, new Set());
  expect(failures.map(({ property }) => property)).toEqual(["restrictions.0", "restrictions.1"]);
});
