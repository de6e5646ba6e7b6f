import { parseCommandLine, UsageError } from "../../commands/frame/arguments.ts";

/** What `npm run verify:hosted` was told. */
export interface VerifyArguments {
  readonly local: boolean;
  readonly clean: boolean;
  readonly yes: boolean;
  /** Slug; undefined where it is to be found out. */
  readonly organization: string | undefined;
  readonly region: string;
  /** How databases are reached, both from here and from Preview's database to Production's. */
  readonly connection: "direct" | "session";
  /** Log in with short-lived logins rather than the database password. */
  readonly loginRole: boolean;
  /** Beside both environments: doctor, drift, rotate, and a project with every other resource. */
  readonly everything: boolean;
}

const HELP = `Makes both environments, Production and Preview, in an account, uses them, and removes them again.

Usage: npm run verify:hosted -- [options]

  --organization SLUG     organization to make the projects in; needed where the token sees more than one
  --region CODE           region of all (default ca-central-1)
  --connection HOW        direct (needs IPv6) or session, the session pooler (default session)
  --login-role            log in with logins that hold for minutes, rather than with the database password
  --everything            also doctor, drift and rotate, and a third project with every other resource: made, changed,
                          imported and removed; a branch where the plan has branches, a pause where it allows one
  --local                 the same against the local cloud
  --clean                 only remove what earlier runs left, by the names of the projects
  -y, --yes               do not ask before making or removing projects
  -h, --help              this text

Needs SUPABASE_ACCESS_TOKEN. Nothing outside these projects is touched; they are removed whatever happens, apart from
this process or machine being killed: then run it with --clean.
Exit codes: 0 all steps passed and nothing is left, 1 a step failed, 2 wrong usage, 3 refused, 130 interrupted.`;

/** Reads the command line. Prints the help and ends the process for `--help`. @throws UsageError */
export function verifyArguments(): VerifyArguments {
  const values = parse();
  if (values.help) {
    process.stdout.write(`${HELP}\n`);
    process.exit(0);
  }
  const { local, clean, yes, organization, region, connection, everything, "login-role": loginRole } = values;
  if (connection !== "direct" && connection !== "session") {
    throw new UsageError(`--connection is direct or session, not "${connection}"`);
  }
  return { local, clean, yes, organization, region, connection, loginRole, everything };
}

function parse() {
  return parseCommandLine({
    options: {
      organization: { type: "string" },
      region: { type: "string", default: "ca-central-1" },
      connection: { type: "string", default: "session" },
      "login-role": { type: "boolean", default: false },
      everything: { type: "boolean", default: false },
      local: { type: "boolean", default: false },
      clean: { type: "boolean", default: false },
      yes: { type: "boolean", short: "y", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  }).values;
}
