import type { EnvironmentStack } from "../../engine/operations.ts";
import type { StackOutputs } from "../../engine/result.ts";
import type { Management } from "../../providers/management/access.ts";
import { type DatabaseLogin, loginOf } from "../session/login.ts";
import { checkCatalog } from "./catalog.ts";
import { checkBouncer, checkLogin, checkTls, checkVersions, open } from "./database.ts";
import { type Diagnosis, look } from "./finding.ts";
import { checkConfiguration, checkState } from "./machine.ts";
import {
  admittedRanges,
  bouncerAddress,
  checkHttps,
  checkPlatform,
  checkProject,
  explainRestrictions,
  imageOf,
} from "./platform.ts";
import { recordedProject } from "./recorded.ts";
import { checkServer } from "./server.ts";

/** What a stack needs: its state, the platform, its project, and ways to its database. Without a token, `platform` is undefined. */
export async function examineStack(stack: EnvironmentStack, platform: Management | undefined): Promise<Diagnosis[]> {
  const state = await checkState(stack);
  const missing: Diagnosis = {
    check: "token",
    level: "error",
    found: "SUPABASE_ACCESS_TOKEN is not set",
    next: "Set it to a token of a member of the organization.",
  };
  const api = platform ? await checkPlatform(platform) : [missing];
  const configuration = await checkConfiguration(stack);
  let outputs: StackOutputs = {};
  const read = await look("outputs", "Check the passphrase of the stack.", async () => {
    const known = await readOutputs(stack);
    outputs = known.outputs;
    return known.findings;
  });
  state.push(...configuration, ...read);
  const ref = outputs.ref?.value;
  if (typeof ref !== "string") return [...state, ...api];
  const project = platform ? await checkProject(platform, ref) : [];
  const https = platform ? await checkHttps(platform, ref) : [];
  const admitted = platform ? await admittedRanges(platform, ref) : [];
  const image = platform ? await imageOf(platform, ref) : "";
  const bouncer = platform ? await bouncerAddress(platform, ref) : undefined;
  return [...state, ...api, ...project, ...(await examineDatabase(outputs, { https, admitted, image, bouncer }))];
}

/** Outputs of the last `up` that ended, or else what the state records. */
async function readOutputs(stack: EnvironmentStack): Promise<{ outputs: StackOutputs; findings: Diagnosis[] }> {
  const next = `Run npm run up -- ${stack.name}.`;
  const outputs = await stack.outputs({ showSecrets: true });
  if (typeof outputs.ref?.value === "string") return { outputs, findings: [] };
  const recorded = await recordedProject(stack);
  if (!recorded) return { outputs, findings: [{ check: "project", level: "warning", found: "none yet", next }] };
  const found = `none: no up has ended yet; project ${String(recorded.ref?.value)} is looked at as the state records it`;
  return { outputs: recorded, findings: [{ check: "outputs", level: "warning", found, next }] };
}

interface Found {
  readonly https: Diagnosis[];
  readonly admitted: string[];
  readonly image: string;
  /** Address of the project's own PgBouncer; undefined where the API names none. */
  readonly bouncer: Pick<DatabaseLogin, "host" | "port"> | undefined;
}

function examineDatabase(outputs: StackOutputs, found: Found): Promise<Diagnosis[]> {
  return look("outputs", "Run npm run up.", async () => {
    const direct = loginOf(outputs);
    // A preview that is a database of a shared project has no pooler of its own.
    const pooler = outputs.sessionPooler === undefined ? undefined : loginOf(outputs, "sessionPooler");
    const application = outputs.transactionPooler === undefined ? undefined : loginOf(outputs, "transactionPooler");
    return [
      ...(await examineWays({ direct, pooler }, found)),
      ...(application ? await checkLogin("transaction pooler", application) : []),
      ...(found.bouncer ? await checkBouncer(found.bouncer, direct) : []),
    ];
  });
}

async function examineWays(
  { direct, pooler }: { direct: DatabaseLogin; pooler: DatabaseLogin | undefined },
  { https, admitted, image }: Pick<Found, "https" | "admitted" | "image">,
): Promise<Diagnosis[]> {
  const [directly, pooled] = await Promise.all([
    checkLogin("direct", direct),
    pooler ? checkLogin("session pooler", pooler) : [],
  ]);
  const tls = [...(await checkTls("TLS direct", direct)), ...(pooler ? await checkTls("TLS pooler", pooler) : [])];
  const reached = directly[0]?.level === "ok" ? direct : pooled[0]?.level === "ok" ? pooler : undefined;
  const route = wayIn(reached === direct ? "direct" : reached && "session pooler", https[0]?.level === "ok");
  // One way in is enough.
  const softened = explainRestrictions(admitted, [...directly, ...pooled]).map((one) =>
    one.level === "error" && reached ? { ...one, level: "warning" as const } : one,
  );
  if (!reached) return [...softened, ...https, route, ...tls];
  const sql = open(reached);
  try {
    const catalog = await checkCatalog(reached, admitted);
    return [
      ...softened,
      ...https,
      route,
      ...tls,
      ...(await checkVersions(sql, image)),
      ...(await checkServer(sql)),
      ...catalog,
    ];
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** What `connection: auto` finds. */
function wayIn(session: string | undefined, https: boolean): Diagnosis {
  const check = "way in";
  if (session) return { check, level: "ok", found: session };
  const next = "See direct and session pooler.";
  const found = https ? "HTTPS only: migrations can be read, up cannot run" : "no address lets us in";
  return { check, level: "error", found, next };
}
