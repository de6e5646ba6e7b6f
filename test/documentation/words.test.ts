import { expect, test } from "vitest";
import { found, plainerWords } from "./words.ts";

test("comments, messages and docs use the ordinary word", () => {
  expect(plainerWords()).toEqual([]);
});

test.each(["It begins anew.", "Whoever comes next", "nobody listens", "beside the file", "what puts it right"])(
  "%s is found",
  (line) => expect(found(line)).toHaveLength(1),
);

test("a plain line is not", () => {
  expect(found("It begins again, next to the file.")).toEqual([]);
});
