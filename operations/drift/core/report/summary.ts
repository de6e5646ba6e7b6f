import { type Finding, reaches, SEVERITIES, type Severity } from "../finding.ts";
import { counted, type Report, type StackResult } from "../result.ts";

/** What one stack came to, in a few words. */
export function headline(stack: StackResult, report: Pick<Report, "failOn">): string {
  if (stack.status === "busy") return "not checked";
  if (stack.reason !== undefined) return "could not be read";
  const found = counted(stack, report.failOn).length;
  const unreachable = stack.layers.filter(({ status }) => status === "unreachable").length;
  const said = `${unreachable} of ${stack.layers.length} layers could not be read`;
  if (unreachable > 0) return found > 0 ? `${found} found, ${said}` : said;
  return stack.status === "clean" ? "clean" : `${found} found`;
}

/** What the whole run came to, as a title. */
export function title({ stacks }: Report): string {
  const count = (status: StackResult["status"]) => stacks.filter((stack) => stack.status === status).length;
  const parts = [
    [count("drift"), "drifted"],
    [count("unreachable"), "could not be read"],
    [count("busy"), "busy"],
    [count("clean"), "clean"],
  ] as const;
  const said = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  if (said.length === 0) return "No stack is deployed";
  return count("clean") === stacks.length ? "No drift" : capital(said.join(", "));
}

/** Findings of a stack, what counts first, and the urgent before the harmless. */
export function urgentFirst({ findings }: StackResult, failOn: Severity): Finding[] {
  const rank = ({ severity, accepted }: Finding) =>
    SEVERITIES.indexOf(severity) - (accepted || !reaches(severity, failOn) ? SEVERITIES.length : 0);
  return [...findings].sort((one, other) => rank(other) - rank(one));
}

/** What the run cost, per stack. */
export function cost({ stacks, seconds, concurrency }: Report): string {
  const looked = stacks.filter(({ status }) => status !== "busy").sort((one, other) => other.seconds - one.seconds);
  const [slowest] = looked;
  const number = `${stacks.length} ${stacks.length === 1 ? "stack" : "stacks"} in ${seconds.toFixed(1)} s`;
  if (!slowest || stacks.length === 1) return number;
  const mean = looked.reduce((sum, stack) => sum + stack.seconds, 0) / looked.length;
  return `${number}, ${concurrency} at a time: ${mean.toFixed(1)} s a stack, at most ${slowest.seconds.toFixed(1)} s (${slowest.stack})`;
}

/** An ISO 8601 time, to the minute. */
export function minute(time: string): string {
  return `${time.slice(0, 16).replace("T", " ")} UTC`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
