import fc from "fast-check";

/** What a transaction or a reserved session does, one after the other. `pause` is a pause of the caller, in ms. */
export type Step =
  | {
      kind:
        | "read"
        | "write"
        | "three"
        | "slow"
        | "cursor"
        | "slow cursor"
        | "left cursor"
        | "wrong"
        | "idle"
        | "unbuilt";
    }
  | { kind: "pause"; ms: number }
  | { kind: "savepoint"; steps: Step[]; fails: boolean };

/** A caller of the pool. One that is `stubborn` goes on after every failed query, as code does that catches errors. */
export type Task = {
  kind: "user" | "plain" | "reserve";
  startsAt: number;
  stubborn: boolean;
  /** The callback throws at its end; the transaction is rolled back. */
  throws: boolean;
  /** Sends one query more after the end. */
  late: boolean;
  steps: Step[];
};

type Fault = { at: number; kind: "terminate one" | "terminate all" | "cut" };

export type Round = { max: number; prepare: boolean; tasks: Task[]; faults: Fault[] };

const simple = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .constantFrom("read", "write", "three", "slow", "cursor", "slow cursor", "left cursor")
      .map((kind) => ({ kind })),
  },
  { weight: 1, arbitrary: fc.constantFrom("wrong", "idle", "unbuilt").map((kind) => ({ kind })) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("pause"), ms: fc.integer({ min: 0, max: 25 }) }) },
) as fc.Arbitrary<Step>;

const savepoint: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant("savepoint"),
  steps: fc.array(simple, { minLength: 1, maxLength: 3 }),
  fails: fc.boolean(),
});

const task: fc.Arbitrary<Task> = fc.record({
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constant("user") },
    { weight: 3, arbitrary: fc.constant("plain") },
    { weight: 1, arbitrary: fc.constant("reserve") },
  ) as fc.Arbitrary<Task["kind"]>,
  startsAt: fc.integer({ min: 0, max: 40 }),
  stubborn: fc.boolean(),
  throws: fc.integer({ min: 0, max: 5 }).map((chance) => chance === 0),
  late: fc.integer({ min: 0, max: 3 }).map((chance) => chance === 0),
  steps: fc.array(fc.oneof({ weight: 5, arbitrary: simple }, { weight: 1, arbitrary: savepoint }), {
    minLength: 1,
    maxLength: 6,
  }),
});

/** Random rounds: 1 to 10 connections, up to 40 callers, up to 4 losses. */
export const round: fc.Arbitrary<Round> = fc.record({
  max: fc.integer({ min: 1, max: 10 }),
  prepare: fc.boolean(),
  tasks: fc.array(task, { minLength: 2, maxLength: 40, size: "max" }),
  faults: fc.array(
    fc.record({
      at: fc.integer({ min: 1, max: 60 }),
      kind: fc.constantFrom("terminate one", "terminate all", "cut") as fc.Arbitrary<Fault["kind"]>,
    }),
    { minLength: 1, maxLength: 4 },
  ),
});
