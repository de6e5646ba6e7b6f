import { apply, plan } from "../db/migrate/apply.ts";
import { dryRun } from "../db/migrate/dry-run.ts";
import { wholeNumber } from "./frame/arguments.ts";
import { type DatabaseContext, databaseCommand } from "./frame/database-command.ts";
import { planLines, progressLine } from "./frame/database-lines.ts";
import type { Ending } from "./frame/exit-codes.ts";

function numberOf(values: DatabaseContext["values"], name: string): number | undefined {
  const value = values[name];
  return value === undefined ? undefined : wholeNumber(name, String(value));
}

async function migrate({ sql, folder, json, values, say, document }: DatabaseContext): Promise<Ending> {
  const list = (name: string): string[] => [values[name] ?? []].flat().map(String);
  const lockWaitMs = numberOf(values, "lock-wait");
  const lockTimeoutMs = numberOf(values, "lock-timeout");
  const statementTimeoutMs = numberOf(values, "statement-timeout");
  const options = {
    folder,
    strict: values.strict === true,
    acceptEdited: list("accept-edited"),
    allowSettingChange: list("allow-setting-change"),
    onProgress: (event: Parameters<typeof progressLine>[0]): void => {
      const line = progressLine(event);
      if (line !== undefined) say(line);
    },
    ...(lockWaitMs === undefined ? {} : { lockWaitMs }),
    ...(lockTimeoutMs === undefined ? {} : { lockTimeoutMs }),
    ...(statementTimeoutMs === undefined ? {} : { statementTimeoutMs }),
  };
  if (values.plan === true) {
    const planned = await plan(sql, options);
    if (json) document(planned);
    else for (const line of planLines(planned)) say(line);
    return planned.refusals.length > 0 ? "refused" : "done";
  }
  if (values["dry-run"] === true) {
    const found = await dryRun(sql, options);
    for (const { tag, reason } of found.notTried) say(`  ? ${tag} was not tried: ${reason}`);
    say(`${found.tried.length} would apply, ${found.notTried.length} not tried. Everything was rolled back.`);
    document(found);
    return "done";
  }
  const result = await apply(sql, options);
  const skipped =
    result.outOfOrder.length > 0
      ? ` ${result.outOfOrder.length} of them out of order: ${result.outOfOrder.join(", ")}.`
      : "";
  say(`${result.applied.length} applied, ${result.alreadyApplied} were.${skipped}`);
  document(result);
  return "done";
}

void databaseCommand(
  {
    name: "db:migrate",
    summary: "Applies every pending migration, each exactly once.",
    options: {
      plan: { type: "boolean", default: false },
      "dry-run": { type: "boolean", default: false },
      strict: { type: "boolean", default: false },
      "accept-edited": { type: "string", multiple: true },
      "allow-setting-change": { type: "string", multiple: true },
      "lock-wait": { type: "string" },
      "lock-timeout": { type: "string" },
      "statement-timeout": { type: "string" },
    },
    help: `  --plan                  show what would be applied, change nothing
  --dry-run               really run it, in one transaction, and roll back
  --strict                refuse migrations that are out of order
  --accept-edited TAG     record the edited file of an applied migration (may be repeated)
  --allow-setting-change NAME
                          let a setting contradict the one migrations ran under
  --lock-wait MS          how long to wait for another run (default 60000)
  --lock-timeout MS       how long a statement waits for a table lock before it gives way (default 2000)
  --statement-timeout MS  how long a statement may run (default 600000; 0 is no limit)
`,
  },
  migrate,
);
