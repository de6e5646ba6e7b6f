import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

test("the nearest name is the one with the fewest letters to change, whatever their case", () => {
  const names = ["handOffPath", "handOffRecipients", "ref", "region"];
  expect(nearest("handOffReciepients", names)).toBe("handOffRecipients");
  expect(nearest("HANDOFFPATH", names)).toBe("handOffPath");
  expect(nearest("regoin", names)).toBe("region");
  expect(nearest("anything", [])).toBeUndefined();
});

test("a name that is farther away than allowed is none", () => {
  expect(nearest("up", ["down", "pr"], 2)).toBeUndefined();
  expect(nearest("strat", ["stop", "start"], 2)).toBe("start");
});
