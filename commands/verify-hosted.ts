import { Reporter } from "../engine/reporter.ts";
import type { VerifyRequest } from "../operations/verification/request.ts";
import { UsageError, type Values } from "./frame/arguments.ts";
import { Clock } from "./frame/clock.ts";
import { runCommand } from "./frame/command.ts";
import { confirm } from "./frame/confirm.ts";

const usage = `Makes both environments, Production and Preview, in an account, uses them, and removes them again.

Usage: npm run verify:hosted -- [options]

  --organization SLUG     organization to make the projects in; needed where the token sees more than one
  --region CODE           region of all (default ca-central-1)
  --connection HOW        direct (needs IPv6) or session, the session pooler (default session)
  --login-role            log in with logins that hold for minutes, rather than with the database password
  --everything            also doctor, drift and rotate, and a third project with every other resource: made, changed,
                          imported and removed; a branch where the plan has branches, a pause where it allows one
  --local                 the same against the local cloud
  --clean                 only remove what earlier runs left, by the names of the projects
  -y, --yes               do not ask before making or removing projects`;

const notes = `Needs SUPABASE_ACCESS_TOKEN. Nothing outside these projects is touched; they are removed whatever happens, apart from
this process or machine being killed: then run it with --clean. What the platform was found to be, and where that differs
from facts/platform-facts.json, is written to verify-report-RUN.json in the data folder: no secret, to attach to a report.`;

const options = {
  organization: { type: "string" },
  region: { type: "string", default: "ca-central-1" },
  connection: { type: "string", default: "session" },
  "login-role": { type: "boolean", default: false },
  everything: { type: "boolean", default: false },
  local: { type: "boolean", default: false },
  clean: { type: "boolean", default: false },
  yes: { type: "boolean", short: "y", default: false },
} as const;

void runCommand(
  {
    name: "verify:hosted",
    usage,
    notes,
    options,
    exits: {
      done: "all steps passed and nothing is left",
      failed: "a step failed",
      refused: "refused",
      busy: "another process works on a stack",
    },
  },
  async ({ values, print, interruption }) => {
    const request = requestFrom(values);
    const { removeLeftBehind, verify } = await import("../operations/verification/verify.ts");
    const reporter = new Reporter({ write: print, colours: process.stdout.isTTY && !process.env.NO_COLOR });
    const clock = new Clock(print);
    const ask = values.yes ? () => Promise.resolve() : confirm;
    try {
      if (values.clean) {
        await removeLeftBehind({ local: values.local, confirm: ask, say: print });
        return "done";
      }
      const step = <Result>(name: string, work: () => Promise<Result>) => clock.run(name, work);
      await verify(request, { confirm: ask, say: print, step, reporter, interruption });
      for (const line of clock.lines()) print(line);
      print("\nEvery step passed, and nothing is left.");
      return "done";
    } finally {
      reporter.close();
    }
  },
);

/** Checks the command line. @throws UsageError */
function requestFrom(values: Values<typeof options>): VerifyRequest {
  const { local, organization, region, connection, everything, "login-role": loginRole } = values;
  if (connection !== "direct" && connection !== "session")
    throw new UsageError(`--connection is direct or session, not "${connection}"`);
  return { local, organization, region, connection, loginRole, everything };
}
