/** The parameters of a connection string by libpq's keywords, whatever part of it they stand in. */
export type Parameters = Map<string, string>;

/** What to do about a character with a meaning of its own. */
export const encodeIt =
  "A user, password or database with / # ? % @ in it has to be percent-encoded: / is %2F, # is %23, ? is %3F, % is %25, @ is %40. " +
  "Nothing was connected to, and no name was looked up.";

/**
 * Reads a connection URL as libpq does, without judging what its parameters say. Throws an Error that shows nothing of it where
 * it is none, or where a character that ought to be encoded makes it ambiguous.
 */
export function readUrl(connectionString: string): Parameters {
  const text = connectionString.trim();
  const [scheme = ""] = /^postgres(?:ql)?:\/\//i.exec(text) ?? [];
  if (scheme === "") {
    throw new Error("The connection string is not a URL. Write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE.");
  }
  const rest = text.slice(scheme.length);
  const [, authority = "", path = "", query = ""] = /^([^/?#]*)(?:\/([^?#]*))?(?:\?(.*))?$/s.exec(rest) ?? [];
  const pieces = query === "" ? [] : query.split("&");
  if (isMisencoded({ rest, authority, path, pieces }))
    throw new Error(`The connection string cannot be read. ${encodeIt}`);
  const at = authority.lastIndexOf("@");
  const [, user = "", password = ""] = /^([^:]*)(?::(.*))?$/s.exec(authority.slice(0, Math.max(0, at))) ?? [];
  const entries: [string, string][] = [
    ["user", user],
    ["password", password],
    ...addresses(authority.slice(at + 1)),
    ["dbname", path],
    ...pieces.map((piece) => splitOnce(piece, "=")),
  ];
  // The last one counts, and one without a value counts as not given, but for what decides whether it is encrypted.
  const decoded = entries.map(([name, value]) => [decode(name), decode(value)] as const);
  return new Map(decoded.filter(([name, value]) => value || name === "sslmode"));
}

/**
 * True where some character has a meaning that the writer cannot have wanted: what then looks like a host or a parameter may be
 * part of a password.
 */
function isMisencoded(parts: { rest: string; authority: string; path: string; pieces: string[] }): boolean {
  const { rest, authority, path, pieces } = parts;
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const port = /^(?:\[[^\]]*\]|[^:[\]]*)(?::(\d*))?$/;
  return (
    /#|%(?![0-9a-f]{2})/i.test(rest) ||
    authority.split("@").length > 2 ||
    path.includes("@") ||
    !host.split(",").every((entry) => port.test(entry)) ||
    pieces.some((piece) => !isPiece(piece))
  );
}

function isPiece(piece: string): boolean {
  return /^\w+=[^@]*$/.test(piece);
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error("The connection string cannot be read: what is percent-encoded in it is not UTF-8.");
  }
}

/** The hosts and ports before the path, each as the list that the parameters of that name are. */
function addresses(hosts: string): [string, string][] {
  const entries = hosts.split(",").map((entry) => /^(.*?)(?::(\d*))?$/.exec(entry) ?? []);
  const ports = entries.map(([, , port = ""]) => port).join(",");
  return [
    ["host", entries.map(([, host = ""]) => host).join(",")],
    ["port", ports],
  ];
}
