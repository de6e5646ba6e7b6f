/** Who a client is, by its startup parameters: `role.ref` in `user`, or `reference=REF` in `options`. */
export function whom(parameters: ReadonlyMap<string, string>): { role: string; ref: string; given: string } {
  const given = parameters.get("user") ?? "";
  const dot = given.lastIndexOf(".");
  if (dot > 0) return { role: given.slice(0, dot), ref: given.slice(dot + 1), given };
  return { role: given, ref: readOptions(parameters.get("options")).get("reference") ?? "", given };
}

/**
 * What Supavisor opens a server connection with: user, database, a name of its own, and of everything a client sends
 * search_path alone. facts/platform-facts.json, sessionPooler.upstream.
 */
export function upstreamParameters(given: ReadonlyMap<string, string>, role: string): Map<string, string> {
  const name = given.get("application_name");
  const searchPath = given.get("search_path") ?? readOptions(given.get("options")).get("search_path");
  return new Map([
    ["user", role],
    ...entry("database", given.get("database")),
    ["application_name", name ? `Supavisor - ${name}` : "Supavisor"],
    ...entry("search_path", searchPath),
  ]);
}

const entry = (name: string, value: string | undefined): [string, string][] =>
  value === undefined ? [] : [[name, value]];

/** "-c NAME=VALUE" or "--NAME=VALUE", words separated by blanks, which a backslash quotes; else a query string. */
function readOptions(text = ""): Map<string, string> {
  if (!/(^|\s)-/.test(text)) return new Map(new URLSearchParams(text));
  const words = (text.match(/(?:\\.|[^\s\\])+/g) ?? []).map((word) => word.replaceAll(/\\(.)/g, "$1"));
  const pairs = words.flatMap((word, at) => {
    const setting = word.startsWith("--")
      ? word.slice(2)
      : words[at - 1] === "-c"
        ? word
        : word.replace(/^-c(?=.)/, "");
    const equals = setting.indexOf("=");
    return equals > 0 && !setting.startsWith("-")
      ? [[setting.slice(0, equals), setting.slice(equals + 1)] as const]
      : [];
  });
  return new Map(pairs);
}
