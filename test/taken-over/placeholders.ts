/** What the placeholders of a fixture stand for, by name. */
export type Values = Readonly<Record<string, string>>;

/** How a fixture writes that the value of this name belongs here. Rows of an application hold braces of their own. */
export const placeholder = (name: string): string => `{{fixture:${name}}}`;
const number = (name: string): string => placeholder(`number:${name}`);

/**
 * Fills placeholders by their values; a string that is a placeholder for a number becomes that number.
 * @param written how a value is written where it lands: inside a JSON string, or inside a quoted SQL literal
 * @throws where a placeholder has no value
 */
export function fill(text: string, values: Values, written: (value: string) => string): string {
  const value = (name: string): string => {
    const found = values[name];
    if (found === undefined) throw new Error(`The placeholder ${placeholder(name)} has no value`);
    return found;
  };
  return text
    .replace(/\\?"\{\{fixture:number:([\w.]+)\}\}\\?"/g, (_, name: string) => String(Number(value(name))))
    .replace(/\{\{fixture:([\w.]+)\}\}/g, (_, name: string) => written(value(name)));
}

/** As part of a JSON string. */
export const inJson = (value: string): string => JSON.stringify(value).slice(1, -1);

/** As part of a quoted SQL literal. */
export const inSql = (value: string): string => value.replaceAll("'", "''");

/** Puts placeholders in the place of all known values in a text, the longest first. */
export function blankText(text: string, names: ReadonlyMap<string, string>): string {
  const longestFirst = [...names].sort(([one], [other]) => other.length - one.length);
  return longestFirst.reduce((blanked, [value, name]) => blanked.replaceAll(value, placeholder(name)), text);
}

/** The same for an exported state, whose ports are numbers that stand for something only by the host next to them. */
export function blankState(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string") return blankText(value, names);
  if (Array.isArray(value)) return value.map((one) => blankState(one, names));
  if (typeof value !== "object" || value === null) return value;
  const blanked = Object.fromEntries(
    Object.entries(value).map(([key, held]) => [
      key,
      // A secret is held as the JSON of its value.
      key === "plaintext" ? JSON.stringify(blankState(JSON.parse(held), names)) : blankState(held, names),
    ]),
  );
  const owner = /^\{\{fixture:(\w+)\.host\}\}$/.exec(String(blanked.host))?.[1];
  if (owner && "port" in blanked) blanked.port = portOf(owner, blanked.port);
  // Under the same key stands what the property depends on.
  if (typeof blanked.poolerPort === "string") blanked.poolerPort = portOf("pooler", blanked.poolerPort);
  return blanked;
}

function portOf(owner: string, port: unknown): string {
  const kind = Number(port) === 6543 ? "transactionPort" : "sessionPort";
  const name = `${owner}.${owner === "pooler" ? kind : "port"}`;
  return typeof port === "number" ? number(name) : placeholder(name);
}
