import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { AskedFault } from "../local/api/context.ts";
import {
  type LocalCloudStatus,
  localCloudStatus,
  resetLocalCloud,
  startLocalCloud,
  stopLocalCloud,
} from "../local/cloud.ts";
import { NotTakenError } from "../local/daemon/client.ts";
import { statusTable } from "../local/daemon/status-table.ts";
import { changeVariant, USUAL_VARIANT, VARIANT_WORDS } from "../local/postgres/variant.ts";
import { organizations } from "../operations/session/organizations.ts";
import { UsageError, wholeNumber } from "./frame/arguments.ts";
import { faultStatus, fault as toldFaults } from "./frame/asked-faults.ts";
import { runCommand } from "./frame/command.ts";
import type { Ending } from "./frame/exit-codes.ts";
import { load, save, saved } from "./frame/saved-clouds.ts";

const usage = `The local cloud: Supabase's Management API, Postgres and poolers on this machine.

Usage: npm run local -- COMMAND [options]

Commands
  start                   start the local cloud, or say that it runs
  stop                    stop it and every database; data stays
  status                  projects, addresses, state, memory
  env                     lines for a shell: SUPABASE_API_ENDPOINT, SUPABASE_PROFILE (Supabase CLI) and, with --reveal,
                          the token of --organization
  reset                   stop it and remove every project, organization and token of it (needs --yes)
  save NAME               keep the whole cloud, and the states of the stacks in it, under a name; it is stopped for that
  load NAME               put a saved cloud in the place of the one there is (asks)
  saved                   the saved clouds; removing the folder of one forgets it
  adopt STACK REF         have a local stack take over a project of the local cloud at its next up, as one made by hand;
                          the password of its database is read from standard input, and kept encrypted
  fault OPERATION         let the next calls of an operation fail, such as "POST /v1/projects/{ref}/pause"; "list" says
                          which will, "clear" takes all of them back; they end when the cloud stops

Options
  --organization NAME     an organization to have (start; may be repeated) or to show (env --reveal); default those
                          of the stacks, ${Object.values(organizations).join(" and ")}
  --variant WORD          what projects are that are made from now on (start; may be repeated): ${VARIANT_WORDS.join(", ")};
                          kept until it is said again; default wrapper-a and grants-new
  --auth FILE             the Auth server every project has (start): a program of github.com/supabase/auth, which answers
                          at /auth/v1 of a project's address; kept until it is said again, none takes it away
  --json                  one JSON document on stdout
  --reveal                let env print a token
  --status CODE           what a fault answers with, 400 to 599, or reset: the connection breaks (default 503)
  --times N               how many calls it meets (default 1)
  --after                 the call takes effect first
  -y, --yes               confirm reset, load, and save under a name that is taken`;

interface Request {
  dataDir: string;
  organizations: string[];
  variant: string[];
  auth?: string;
  reveal: boolean;
  yes: boolean;
  /** What follows the command. */
  word: string;
  /** What follows that. */
  second: string;
  say: (line: string) => void;
  fault: Pick<AskedFault, "status" | "left" | "after">;
}

/** What a command says: text for people, a document for --json, and how it ends. */
interface Shown {
  text: string;
  json: object;
  ending: Ending;
}

const commands: Record<string, (request: Request) => Promise<Shown>> = {
  ...{ start, stop, status, env, reset },
  ...{ save, load, saved, fault, adopt },
};
const verbs = {
  ...Object.fromEntries(Object.keys(commands).map((name) => [name, []])),
  ...{ save: ["NAME"], load: ["NAME"], fault: ["OPERATION"], adopt: ["STACK", "REF"] },
};

void runCommand(
  {
    name: "local",
    usage,
    notes: "Data lies in $TAILFIRE_DATA_DIR/cloud (default .data/cloud).",
    options: {
      organization: { type: "string", multiple: true },
      variant: { type: "string", multiple: true },
      auth: { type: "string" },
      json: { type: "boolean", default: false },
      reveal: { type: "boolean", default: false },
      status: { type: "string", default: "503" },
      times: { type: "string", default: "1" },
      after: { type: "boolean", default: false },
      yes: { type: "boolean", short: "y", default: false },
    },
    words: { verbs },
    exits: { notRunning: "not running", refused: "refused", busy: "an operation of a stack is under way" },
  },
  async ({ values, words: [name = "", word = "", second = ""], say, print, document }) => {
    const answer = await commands[name]?.({
      dataDir: process.env.TAILFIRE_DATA_DIR || join(import.meta.dirname, "../.data"),
      organizations: values.organization ?? Object.values(organizations),
      variant: variantOf(values.variant ?? []),
      ...(values.auth === undefined ? {} : { auth: values.auth }),
      reveal: values.reveal,
      yes: values.yes,
      word,
      second,
      say,
      fault: { status: faultStatus(values.status), left: wholeNumber("times", values.times, 1), after: values.after },
    });
    if (!answer) throw new UsageError(`There is no "${name}"`);
    print(answer.text);
    document(answer.json);
    return answer.ending;
  },
);

function variantOf(words: string[]): string[] {
  if (changeVariant(USUAL_VARIANT, words)) return words;
  throw new UsageError(`--variant takes ${VARIANT_WORDS.join(", ")}, not "${words.join(", ")}"`);
}

async function start(request: Request): Promise<Shown> {
  const began = performance.now();
  const cloud = await startLocalCloud({ ...request, onProgress: (line) => console.error(line) }).catch((error) => {
    throw error instanceof NotTakenError ? new UsageError(error.message) : error;
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const { endpoint, pid, caCertificate } = cloud;
  const organizations = cloud.organizations.map(({ name, slug }) => ({ name, slug }));
  return {
    text: `The local cloud runs at ${endpoint} (process ${pid}, ${seconds} s).`,
    json: { endpoint, pid, caCertificate, organizations },
    ending: "done",
  };
}

async function stop(request: Request): Promise<Shown> {
  const { stopped } = await stopLocalCloud(request);
  return { text: stopped ? "Stopped." : "It was not running.", json: { stopped }, ending: "done" };
}

async function status(request: Request): Promise<Shown> {
  const report = await localCloudStatus(request);
  if (!report.running) return notRunning(report);
  return { text: statusTable(report), json: report, ending: "done" };
}

async function env(request: Request): Promise<Shown> {
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
  return { text: lines.join("\n"), json: variables, ending: "done" };
}

async function reset(request: Request): Promise<Shown> {
  if (!request.yes) throw new UsageError("reset removes every project of the local cloud; confirm with --yes");
  await resetLocalCloud(request);
  return { text: "Everything of the local cloud is removed.", json: { reset: true }, ending: "done" };
}

/** Reads the password from standard input: an argument would be seen by every process of the machine. */
async function adopt({ dataDir, word: stack, second: ref, say }: Request): Promise<Shown> {
  if (process.stdin.isTTY)
    throw new UsageError(`adopt reads the password from standard input: npm run local -- adopt ${stack} ${ref} < FILE`);
  const password = (await text(process.stdin)).replace(/\r?\n$/, "");
  const { adoptLocal } = await import("../operations/session/adopt-local.ts");
  await adoptLocal({ dataDir, stack, ref, password, onLine: say });
  const next = `npm run preview -- ${stack} says what becomes of it, and npm run up -- ${stack} adopts it.`;
  return { text: `Stack ${stack} is to adopt project ${ref}. ${next}`, json: { stack, ref }, ending: "done" };
}

async function fault(request: Request): Promise<Shown> {
  if (!(await localCloudStatus(request)).running) return notRunning({ running: false, dataDir: request.dataDir });
  return toldFaults(request);
}

function notRunning(report: LocalCloudStatus & { running: false }): Shown {
  const text = 'The local cloud is not running; "npm run local -- start" starts it.';
  return { text, json: report, ending: "notRunning" };
}
