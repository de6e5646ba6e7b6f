import { projectLifecycle } from "../../providers/supabase/project.provider.ts";

// Creates a project and waits for it, in a process of its own that a test kills half-way.
const [settings = "{}", inputs = "{}"] = process.argv.slice(2);
const context = {
  signal: new AbortController().signal,
  progress: () => undefined,
  info: () => undefined,
  warn: () => undefined,
};
const call = { urn: "urn:pulumi:test", config: JSON.parse(settings), context, timeoutSeconds: 0 };
await projectLifecycle.create(call, JSON.parse(inputs));
