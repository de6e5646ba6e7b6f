/** What somebody may try on a catalog. */
export const attempts = [
  "see password",
  "change mapping",
  "use server",
  "create server",
  "read",
  "write",
  "run function",
] as const;
export type Attempt = (typeof attempts)[number];

/** Roles of a subscriber's database, and the reader in the publisher's. */
export type Who = "anon" | "authenticated" | "service_role" | "authenticator" | "postgres" | Platform | "reader";
/** Roles of the platform that read all data. */
type Platform = "supabase_read_only_user" | "supabase_etl_admin";

const nothing: Readonly<Record<Attempt, "no">> = {
  "see password": "no",
  "change mapping": "no",
  "use server": "no",
  "create server": "no",
  read: "no",
  write: "no",
  "run function": "no",
};
const everything: Readonly<Record<Attempt, "yes">> = {
  "see password": "yes",
  "change mapping": "yes",
  "use server": "yes",
  "create server": "yes",
  read: "yes",
  write: "yes",
  "run function": "yes",
};

/** Who may do what: the source of the table in docs/explanation/catalog.md. */
export const privileges: Readonly<Record<Who, Readonly<Record<Attempt, "yes" | "no" | "Vault">>>> = {
  anon: nothing,
  authenticated: { ...nothing, read: "yes" },
  // The platform lets service_role read the whole Vault.
  service_role: { ...nothing, "see password": "Vault", read: "yes" },
  authenticator: nothing,
  postgres: { ...everything, write: "no" },
  // They read pg_user_mapping, by pg_read_all_data, and have no mapping of their own.
  supabase_read_only_user: { ...nothing, "see password": "yes" },
  supabase_etl_admin: { ...nothing, "see password": "yes" },
  // The server is not in the publisher's database: there is nothing to see or to use.
  reader: { ...nothing, read: "yes" },
};

/** The table as the documentation shows it. */
export function privilegeTable(): string {
  const rows = Object.entries(privileges).map(
    ([who, may]) => `| ${who} | ${attempts.map((attempt) => may[attempt]).join(" | ")} |`,
  );
  return [`| | ${attempts.join(" | ")} |`, `|---|${attempts.map(() => "---|").join("")}`, ...rows].join("\n");
}
