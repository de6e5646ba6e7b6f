import proto from "@pulumi/pulumi/proto/language_pb.js";
import { finished, moduleFor } from "./node-process.ts";
import { runtimeOptionsOf } from "./runtime-options.ts";

/** The SDK ends with it when it has said itself what is wrong; source: cmd/run/index.js. */
const SAID_WHY = 32;

/** Runs a program with the SDK's own `cmd/run`, which talks to the engine directly. */
export async function runProgram(options: {
  readonly request: proto.RunRequest;
  /** Address of the engine. */
  readonly engine: string;
  readonly signal: AbortSignal;
}): Promise<proto.RunResponse> {
  const { request, engine, signal } = options;
  const info = request.getInfo() ?? new proto.ProgramInfo();
  const runtime = runtimeOptionsOf(info);
  const folder = info.getProgramDirectory();
  const args = [
    ...runtime.nodeArguments,
    moduleFor(folder, "@pulumi/pulumi/cmd/run"),
    ...["--monitor", request.getMonitorAddress(), "--engine", engine],
    ...["--organization", request.getOrganization(), "--project", request.getProject(), "--stack", request.getStack()],
    ...["--root-directory", info.getRootDirectory(), "--pwd", folder, "--parallel", String(request.getParallel())],
    ...(request.getDryrun() ? ["--dry-run"] : []),
    info.getEntryPoint(),
    ...request.getArgsList(),
  ];
  const env = {
    ...process.env,
    ...runtime.env,
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
  };
  const code = await finished("node", args, { cwd: folder, env, signal });
  if (code === SAID_WHY) return new proto.RunResponse().setBail(true);
  return new proto.RunResponse().setError(code === 0 ? "" : `Program exited with non-zero exit code: ${code}`);
}

/** Runs a plugin with the SDK's own `cmd/run-plugin`. Resolves to its exit code. */
export function runPlugin(options: {
  readonly request: proto.RunPluginRequest;
  readonly signal: AbortSignal;
  readonly onOutput: (stream: "stdout" | "stderr", bytes: Buffer) => void;
}): Promise<number> {
  const { request, signal, onOutput } = options;
  const info = request.getInfo() ?? new proto.ProgramInfo();
  const runtime = runtimeOptionsOf(info);
  const folder = info.getProgramDirectory();
  const args = [
    ...runtime.nodeArguments,
    moduleFor(folder, "@pulumi/pulumi/cmd/run-plugin"),
    folder,
    ...request.getArgsList(),
  ];
  const given = request.getEnvList().map((entry) => /^([^=]*)=(.*)$/s.exec(entry)?.slice(1, 3) ?? [entry, ""]);
  const env = { ...Object.fromEntries(given), ...runtime.env };
  return finished("node", args, { cwd: request.getPwd(), env, signal, onOutput });
}
