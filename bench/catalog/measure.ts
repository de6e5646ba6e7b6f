import type { Sql } from "postgres";
import { median } from "../table.ts";
import type { CatalogQuery } from "./queries.ts";

/** One request that a plan made of the publisher. */
export interface Request {
  sql: string;
  /** Rows it brought here, over all its executions. */
  rows: number;
  executions: number;
}

/** A plan as it ran. */
export interface Plan {
  /** The requests it made of the publisher; none where it ran there. */
  requests: Request[];
  /** The tree in words, one node a line. */
  text: string;
}

interface PlanNode {
  "Node Type": string;
  "Remote SQL"?: string;
  "Relation Name"?: string;
  "Index Name"?: string;
  Relations?: string;
  "Actual Rows": number;
  "Actual Loops": number;
  Plans?: PlanNode[];
}

const parametersOf = ({ parameters }: CatalogQuery) => [...parameters] as (string | number | string[])[];

/** How a query is asked. */
export interface Manner {
  /** Prepared once for a connection. */
  prepare: boolean;
  /** As a request of the application, in a transaction that carries the user's claims, or as a statement alone. */
  request: boolean;
}

// What `asUser` of db/client.ts sends. Every place has a mapping of postgres.
const CLAIMS = "select set_config('request.jwt.claims', $1, true), set_config('role', 'postgres', true)";

/** Milliseconds one execution took, at the client. */
export async function timeOf(sql: Sql, query: CatalogQuery, { prepare, request }: Manner): Promise<number> {
  const began = performance.now();
  if (request) {
    await sql.begin(async (transaction) => {
      await transaction.unsafe(CLAIMS, ["{}"], { prepare });
      await transaction.unsafe(query.text, parametersOf(query), { prepare });
    });
  } else await sql.unsafe(query.text, parametersOf(query), { prepare });
  return performance.now() - began;
}

/** The median of `rounds` executions, or of as many as fit into `budgetMs`; one at least. */
export async function medianTime(options: {
  sql: Sql;
  query: CatalogQuery;
  manner: Manner;
  rounds: number;
  budgetMs: number;
}): Promise<number> {
  const { sql, query, manner, rounds, budgetMs } = options;
  const times: number[] = [];
  const deadline = performance.now() + budgetMs;
  while (times.length < rounds && (times.length === 0 || performance.now() < deadline)) {
    times.push(await timeOf(sql, query, manner));
  }
  return median(times);
}

/** Runs a query and answers its plan, with what was asked of the publisher. */
export async function planOf(sql: Sql, query: CatalogQuery): Promise<Plan> {
  const text = `explain (analyze, verbose, costs off, timing off, format json) ${query.text}`;
  const [row] = await sql.unsafe<{ "QUERY PLAN": [{ Plan: PlanNode }] }[]>(text, parametersOf(query));
  const root = row?.["QUERY PLAN"][0].Plan;
  if (!root) throw new Error(`No plan of "${query.name}"`);
  return { requests: requestsOf(root), text: inWords(root, 0) };
}

function requestsOf(node: PlanNode): Request[] {
  const own = node["Remote SQL"]
    ? [{ sql: node["Remote SQL"], rows: node["Actual Rows"] * node["Actual Loops"], executions: node["Actual Loops"] }]
    : [];
  return [...own, ...(node.Plans ?? []).flatMap(requestsOf)];
}

function inWords(node: PlanNode, depth: number): string {
  const on = node.Relations ?? node["Index Name"] ?? node["Relation Name"];
  const line = `${"  ".repeat(depth)}${node["Node Type"]}${on ? ` on ${on}` : ""}: ${node["Actual Rows"]} rows x ${node["Actual Loops"]}`;
  const remote = node["Remote SQL"] ? [`${"  ".repeat(depth + 1)}remote: ${node["Remote SQL"]}`] : [];
  return [line, ...remote, ...(node.Plans ?? []).map((child) => inWords(child, depth + 1))].join("\n");
}

/** True where a request asks for every row of a table: nothing is compared with a value, counted or limited. */
export function isWholeTable({ sql, executions }: Request): boolean {
  const limited = / LIMIT | GROUP BY |\bcount\(|\$\d|'|[=<>] \(?-?\d/.test(sql);
  return executions > 0 && !limited;
}
