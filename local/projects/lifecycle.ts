import type { CloudContext } from "../context.ts";
import type { ProjectRecord } from "../state.ts";
import { finishBranch } from "./branch-work.ts";
import { undoToRestorePoint } from "./restore-points.ts";
import { createSlots } from "./slots.ts";
import { bringUp, isActive, removeProject, revive, setFailed, setStatus, startProject, stopProject } from "./work.ts";

/** Copies of a template at once; more only makes each of them later. */
const BUILDS_AT_ONCE = 3;
const SUPERVISION_MS = 1_000;
/** Pause after a start that failed, so that a cluster that cannot run is not tried every second. */
const RETRY_MS = 15_000;

/** Brings projects up, keeps them up, takes them down. */
export interface Lifecycle {
  /** Starts to build a recorded project and returns at once. */
  create(record: ProjectRecord): void;
  /** Marks a project as going down, and returns while its cluster is still being removed. */
  remove(record: ProjectRecord): Promise<void>;
  /** Stops the cluster of a project and keeps its data; returns before that is done. */
  pause(record: ProjectRecord): Promise<void>;
  /** Starts the cluster of a paused project; returns before that is done. */
  restore(record: ProjectRecord): Promise<void>;
  /** Puts a project's data back to a restore point; returns before that is done. */
  undo(record: ProjectRecord, name: string): Promise<void>;
  /** Does something to a project when nothing else is under way for it; rejects when that fails. */
  apply(record: ProjectRecord, work: () => Promise<void>): Promise<void>;
  /** After a start of the daemon: adopts what runs, starts what should, finishes what was under way. */
  resume(): Promise<void>;
  /** Stops supervision and every cluster; projects stay recorded as they were. */
  stopAll(): Promise<void>;
}

/** One per daemon. */
export function createLifecycle(context: CloudContext): Lifecycle {
  const queues = createQueues(context);
  const slots = createSlots(BUILDS_AT_ONCE);
  let stopping = false;
  const create = (record: ProjectRecord) => {
    const wanted = () => record.status !== "GOING_DOWN" && !stopping;
    void queues.add(record, () => bringUp({ context, record, slots, wanted }));
  };
  const supervisor = supervise(context, queues);
  return {
    create,
    remove: async (record) => {
      await setStatus({ context, record, status: "GOING_DOWN" });
      void queues.add(record, () => removeProject(context, record));
    },
    pause: async (record) => {
      await setStatus({ context, record, status: "PAUSING" });
      void queues.add(record, () => finishPause(context, record));
    },
    restore: async (record) => {
      await setStatus({ context, record, status: "RESTORING" });
      void queues.add(record, () => finishRestore(context, record));
    },
    undo: async (record, name) => {
      await setStatus({ context, record, status: "RESTORING" });
      void queues.add(record, async () => {
        await undoToRestorePoint(context, record, name);
        await finishRestore(context, record);
      });
    },
    apply: (record, work) =>
      new Promise<void>((resolve, reject) => {
        void queues.add(record, () => work().then(resolve, reject));
      }),
    resume: async () => {
      const records = [...context.state.value.projects];
      const unbuilt = records.filter((record) => !record.built && (isActive(record) || record.status === "COMING_UP"));
      for (const record of unbuilt) create(record);
      const others = records.filter((record) => !unbuilt.includes(record));
      await Promise.all(others.map((record) => queues.add(record, () => resume(context, record))));
    },
    stopAll: async () => {
      stopping = true;
      clearInterval(supervisor);
      await queues.drain();
      await Promise.all(context.state.value.projects.map((record) => stopProject(context, record)));
    },
  };
}

function supervise(context: CloudContext, queues: Queues): NodeJS.Timeout {
  return setInterval(() => {
    for (const record of context.state.value.projects) {
      if (isActive(record) && queues.mayTry(record)) void queues.add(record, () => revive(context, record));
    }
  }, SUPERVISION_MS);
}

/** What a daemon that starts does with a project that was built before. */
async function resume(context: CloudContext, record: ProjectRecord): Promise<void> {
  if (record.status === "GOING_DOWN") await removeProject(context, record);
  else if (record.status === "PAUSING") await finishPause(context, record);
  else if (record.status === "RESTORING") await finishRestore(context, record);
  else if (isActive(record)) {
    await startProject(context, record);
    await finishBranch(context, record);
  }
}

async function finishPause(context: CloudContext, record: ProjectRecord): Promise<void> {
  await stopProject(context, record);
  if (record.status === "PAUSING") await setStatus({ context, record, status: "INACTIVE" });
}

async function finishRestore(context: CloudContext, record: ProjectRecord): Promise<void> {
  await startProject(context, record);
  if (record.status === "RESTORING") await setStatus({ context, record, status: "ACTIVE_HEALTHY" });
}

/** Work on one project is done in the order it was asked for. */
interface Queues {
  /** Resolves, also after a failure, which is recorded. */
  add(record: ProjectRecord, work: () => Promise<void>): Promise<void>;
  /** Whether nothing is under way for a project and its last failure is long enough ago. */
  mayTry(record: ProjectRecord): boolean;
  drain(): Promise<void>;
}

function createQueues(context: CloudContext): Queues {
  const last = new Map<string, Promise<void>>();
  const failedAt = new Map<string, number>();
  return {
    add: (record, work) => {
      const failed = (error: Error) => {
        failedAt.set(record.ref, Date.now());
        return setFailed(context, record, error);
      };
      const unrecorded = (error: Error) => context.log(`${record.ref}: cannot be recorded: ${error.message}`);
      const mine = (last.get(record.ref) ?? Promise.resolve()).then(work).catch(failed).catch(unrecorded);
      last.set(record.ref, mine);
      void mine.then(() => last.get(record.ref) === mine && last.delete(record.ref));
      return mine;
    },
    mayTry: (record) => !last.has(record.ref) && Date.now() - (failedAt.get(record.ref) ?? 0) > RETRY_MS,
    drain: async () => {
      await Promise.all(last.values());
    },
  };
}
