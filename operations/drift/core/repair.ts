import type { Sql, TransactionSql } from "postgres";
import type { Finding } from "./finding.ts";

/** What is done about findings, by how. */
export interface RepairPlan {
  /** An `up` of their own resources brings them back and loses nothing. */
  readonly up: readonly Finding[];
  /** Statements that lose no data and take nothing away. */
  readonly safe: readonly Finding[];
  /** Statements that are looked at first: they are written down, and never run from here. */
  readonly written: readonly Finding[];
  /** A person alone. */
  readonly hand: readonly Finding[];
}

/** Sorts findings by what repairs them; accepted ones stay as they are. */
export function repairPlan(findings: readonly Finding[]): RepairPlan {
  const open = findings.filter(({ accepted }) => !accepted);
  const statements = byStatements(open);
  const rest = open.filter((finding) => !statements.includes(finding));
  return {
    up: rest.filter((finding) => isBroughtBack(finding)),
    safe: statements.filter(({ repair }) => repair.safe),
    written: statements.filter(({ repair }) => !repair.safe),
    hand: rest.filter((finding) => !isBroughtBack(finding)),
  };
}

/** A changed setting is no resource of its own: deploying it is what somebody decides who runs `up`. */
function isBroughtBack({ repair, object }: Finding): boolean {
  return repair.how === "up" && repair.safe && !object.startsWith("setting ");
}

/** Resources that have to follow when one of this kind was brought back. */
const FOLLOWERS: Readonly<Record<string, string>> = { VaultSecret: "ForeignCatalog", ReaderRole: "HandOff" };

/**
 * Resources, as `ForeignCatalog preview`, that bring findings back, with those that follow them.
 * @param all every finding of the stack: what one of them calls unsafe is left as it is
 * @param recorded every resource of the stack
 */
export function repairTargets(options: {
  readonly findings: readonly Finding[];
  readonly all: readonly Finding[];
  readonly recorded: readonly string[];
}): string[] {
  const { findings, all, recorded } = options;
  const isOf = (label: string, kind: string | undefined) => label.startsWith(`${kind} `);
  const own = findings.flatMap(({ layer, object }) => {
    if (layer !== "catalog") return recorded.filter((label) => label === object);
    // A password that the publisher refuses may be the Vault's.
    const kinds = object.startsWith("reader ") ? ["VaultSecret", "ForeignCatalog"] : ["ForeignCatalog"];
    return recorded.filter((label) => kinds.some((kind) => isOf(label, kind)));
  });
  const following = own.flatMap((label) =>
    recorded.filter((other) => isOf(other, FOLLOWERS[label.split(" ")[0] ?? ""])),
  );
  const unsafe = all.filter(({ repair }) => repair.how === "up" && !repair.safe).map(({ object }) => object);
  return [...new Set([...own, ...following])].filter((label) => !unsafe.includes(label));
}

/** Both ways out of differences in the schema, in the form of a migration: take them back, or keep them. */
export function repairFiles(findings: readonly Finding[]): { readonly takeBack: string; readonly keep: string } {
  const parts = (statements: (finding: Finding) => readonly string[]) =>
    byStatements(findings)
      .flatMap((finding) => [
        `-- ${finding.object}`,
        ...statements(finding).map((sql) => `${sql.replace(/;\s*$/, "")};`),
      ])
      .join("\n--> statement-breakpoint\n")
      .replaceAll(/(^|\n)(-- [^\n]*)\n--> statement-breakpoint/g, "$1$2");
  return {
    takeBack: `-- Makes this environment what its migrations make. For this environment only.\n${parts(({ repair }) => repair.sql ?? [])}\n`,
    keep: `-- Makes every environment what this one is: put it into a migration (npx drizzle-kit generate --custom).\n${parts(({ reproduce }) => reproduce ?? [])}\n`,
  };
}

/** Findings that the statements they carry repair, in an order that may still have to be found. */
function byStatements(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ repair, accepted }) => !accepted && repair.how === "sql" && (repair.sql ?? []).length > 0);
}

/** Seconds a repair waits for a lock, so that it does not hold up those who wait behind it. */
const LOCK_SECONDS = 5;

/**
 * Runs the statements of all of them in one transaction, each finding's in their order; one that needs another first is
 * tried again behind it. @returns the findings in the order that worked. @throws what the database answered when none
 * of the rest works; nothing is changed then.
 */
export async function runStatements(sql: Sql, findings: readonly Finding[]): Promise<Finding[]> {
  const done: Finding[] = [];
  await sql.begin(async (transaction) => {
    await transaction`select set_config('lock_timeout', ${`${LOCK_SECONDS}s`}, true)`;
    let waiting = byStatements(findings);
    while (waiting.length > 0) {
      const failed: { finding: Finding; error: unknown }[] = [];
      for (const finding of waiting) {
        const error = await tried(transaction, finding.repair.sql ?? []);
        if (error === undefined) done.push(finding);
        else failed.push({ finding, error });
      }
      if (failed.length === waiting.length) throw failed[0]?.error;
      waiting = failed.map(({ finding }) => finding);
    }
  });
  return done;
}

async function tried(transaction: TransactionSql, statements: readonly string[]): Promise<unknown> {
  try {
    await transaction.savepoint(async (step) => {
      for (const statement of statements) await step.unsafe(statement);
    });
    return undefined;
  } catch (error) {
    return error;
  }
}
