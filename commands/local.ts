import { join } from "node:path";
import {
  type LocalCloudStatus,
  localCloudStatus,
  resetLocalCloud,
  startLocalCloud,
  stopLocalCloud,
} from "../local/cloud.ts";
import { statusTable } from "../local/daemon/status-table.ts";
import { organizations } from "../operations/session/organizations.ts";
import { parseCommandLine, UsageError } from "./frame/arguments.ts";

const HELP = `Usage: npm run local -- COMMAND [options]

Commands
  start    start the local cloud, or say that it runs
  stop     stop it and every database; data stays
  status   projects, addresses, state, memory
  env      lines for a shell: SUPABASE_API_ENDPOINT, SUPABASE_PROFILE (Supabase CLI) and, with --reveal, the token of
           --organization
  reset    stop it and remove every project, organization and token of it (needs --yes)

Options
  --organization NAME  an organization to have (start; may be repeated) or to show (env --reveal); default those
                       of the stacks, ${Object.values(organizations).join(" and ")}
  --json               one JSON document on stdout
  --reveal             let env print a token
  --yes                confirm reset
  --help               this text

Data lies in $TAILFIRE_DATA_DIR/cloud (default .data/cloud). Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not running.
`;

const EXIT = { done: 0, failed: 1, usage: 2, notRunning: 3 } as const;

interface Request {
  dataDir: string;
  organizations: string[];
  json: boolean;
  reveal: boolean;
  yes: boolean;
}

/** What a command says: text for people, a document for --json, and how it ends. */
interface Answer {
  text: string;
  json: unknown;
  exit: number;
}

const commands: Record<string, (request: Request) => Promise<Answer>> = { start, stop, status, env, reset };

async function main(): Promise<number> {
  const { values, positionals } = parse();
  if (values.help) {
    process.stdout.write(HELP);
    return EXIT.done;
  }
  const [name = "", ...rest] = positionals;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command || rest.length > 0) throw new UsageError(`unknown command "${positionals.join(" ")}"`);
  const answer = await command({
    dataDir: process.env.TAILFIRE_DATA_DIR || join(import.meta.dirname, "../.data"),
    organizations: values.organization ?? Object.values(organizations),
    json: values.json,
    reveal: values.reveal,
    yes: values.yes,
  });
  process.stdout.write(values.json ? `${JSON.stringify(answer.json, null, 2)}\n` : `${answer.text}\n`);
  return answer.exit;
}

function parse() {
  return parseCommandLine({
    allowPositionals: true,
    options: {
      organization: { type: "string", multiple: true },
      json: { type: "boolean", default: false },
      reveal: { type: "boolean", default: false },
      yes: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
}

async function start(request: Request): Promise<Answer> {
  const began = performance.now();
  const cloud = await startLocalCloud({ ...request, onProgress: (line) => console.error(line) });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const { endpoint, pid, caCertificate } = cloud;
  const organizations = cloud.organizations.map(({ name, slug }) => ({ name, slug }));
  return {
    text: `The local cloud runs at ${endpoint} (process ${pid}, ${seconds} s).`,
    json: { endpoint, pid, caCertificate, organizations },
    exit: EXIT.done,
  };
}

async function stop(request: Request): Promise<Answer> {
  const { stopped } = await stopLocalCloud(request);
  return { text: stopped ? "Stopped." : "It was not running.", json: { stopped }, exit: EXIT.done };
}

async function status(request: Request): Promise<Answer> {
  const report = await localCloudStatus(request);
  if (!report.running) return notRunning(report);
  return { text: statusTable(report), json: report, exit: EXIT.done };
}

async function env(request: Request): Promise<Answer> {
  const report = await localCloudStatus(request);
  if (!report.running) return notRunning(report);
  const cloud = await startLocalCloud({ dataDir: request.dataDir, organizations: [] });
  const variables: Record<string, string> = {
    SUPABASE_API_ENDPOINT: cloud.endpoint,
    SUPABASE_PROFILE: cloud.supabaseProfile,
  };
  if (request.reveal) {
    const wanted = request.organizations[0];
    const organization = cloud.organizations.find((candidate) => candidate.name === wanted);
    if (!organization) throw new UsageError(`the local cloud has no organization "${wanted}"`);
    variables.SUPABASE_ACCESS_TOKEN = organization.token;
    variables.SUPABASE_ORGANIZATION = organization.slug;
  }
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${value}`);
  return { text: lines.join("\n"), json: variables, exit: EXIT.done };
}

async function reset(request: Request): Promise<Answer> {
  if (!request.yes) throw new UsageError("reset removes every project of the local cloud; confirm with --yes");
  await resetLocalCloud(request);
  return { text: "Everything of the local cloud is removed.", json: { reset: true }, exit: EXIT.done };
}

function notRunning(report: LocalCloudStatus & { running: false }): Answer {
  const text = 'The local cloud is not running; "npm run local -- start" starts it.';
  return { text, json: report, exit: EXIT.notRunning };
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    console.error(error.message);
    if (error instanceof UsageError) console.error('\n"npm run local -- --help" lists commands and options.');
    process.exitCode = error instanceof UsageError ? EXIT.usage : EXIT.failed;
  },
);
