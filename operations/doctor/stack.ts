import type { EnvironmentStack } from "../../engine/operations.ts";
import type { StackOutputs } from "../../engine/result.ts";
import type { Management } from "../../providers/management/access.ts";
import { type DatabaseLogin, loginOf } from "../session/login.ts";
import { checkCatalog } from "./catalog.ts";
import { checkLogin, checkTls, checkVersions, open } from "./database.ts";
import { type Diagnosis, look } from "./finding.ts";
import { checkState } from "./machine.ts";
import { admittedRanges, checkHttps, checkPlatform, checkProject, explainRestrictions, imageOf } from "./platform.ts";

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
  const outputs = await stack.outputs({ showSecrets: true });
  const ref = outputs.ref?.value;
  if (typeof ref !== "string") {
    const next = `Run npm run up -- ${stack.name}.`;
    return [...state, ...api, { check: "project", level: "warning", found: "none yet", next }];
  }
  const project = platform ? await checkProject(platform, ref) : [];
  const https = platform ? await checkHttps(platform, ref) : [];
  const admitted = platform ? await admittedRanges(platform, ref) : [];
  const image = platform ? await imageOf(platform, ref) : "";
  return [...state, ...api, ...project, ...(await examineDatabase(outputs, { https, admitted, image }))];
}

type Found = { readonly https: Diagnosis[]; readonly admitted: string[]; readonly image: string };

function examineDatabase(outputs: StackOutputs, found: Found): Promise<Diagnosis[]> {
  return look("outputs", "Run npm run up.", async () => {
    const direct = loginOf(outputs);
    // A preview that is a database of a shared project has no pooler of its own.
    const pooler = outputs.sessionPooler === undefined ? undefined : loginOf(outputs, "sessionPooler");
    return examineWays({ direct, pooler }, found);
  });
}

async function examineWays(
  { direct, pooler }: { direct: DatabaseLogin; pooler: DatabaseLogin | undefined },
  { https, admitted, image }: Found,
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
    return [...softened, ...https, route, ...tls, ...(await checkVersions(sql, image)), ...catalog];
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
