import { RefusedError } from "./error.ts";
import type { Cloud } from "./guard.ts";
import { remoteVariables } from "./guard.ts";

interface Scope {
  readonly stack: string;
  readonly cloud: Cloud;
  readonly env: Readonly<Record<string, string>>;
}

let current: { readonly key: string; readonly stack: string; users: number; readonly restore: () => void } | undefined;

/**
 * Runs `work` with `env` in this process's environment, because an inline program reads its settings there; a local
 * stack's program sees no variable that points elsewhere. Afterwards everything is as before.
 * @throws RefusedError when an operation with other variables is still under way in this process.
 */
export async function withProgramEnvironment<T>(scope: Scope, work: () => Promise<T>): Promise<T> {
  const key = JSON.stringify([scope.cloud, Object.entries(scope.env).sort()]);
  if (current && current.key !== key) {
    throw new RefusedError({
      attempted: `Starting an operation on stack ${scope.stack}`,
      answered: `this process is still working on stack ${current.stack}, which has other settings`,
      next: "Await that operation first, or use another process.",
    });
  }
  current ??= { key, stack: scope.stack, users: 0, restore: apply(scope) };
  const mine = current;
  mine.users++;
  try {
    return await work();
  } finally {
    mine.users--;
    if (mine.users === 0) {
      mine.restore();
      current = undefined;
    }
  }
}

function apply(scope: Scope): () => void {
  const hidden = scope.cloud === "local" ? remoteVariables : [];
  const names = new Set<string>([...hidden, ...Object.keys(scope.env)]);
  const before = [...names].map((name) => [name, process.env[name]] as const);
  for (const name of names) setVariable(name, scope.env[name]);
  return () => {
    for (const [name, value] of before) setVariable(name, value);
  };
}

function setVariable(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
