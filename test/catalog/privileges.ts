/** What somebody may try on a catalog. */
export const attempts = ["see password", "use server", "read", "write", "create server"] as const;
export type Attempt = (typeof attempts)[number];

/** Roles of a subscriber's database, and the reader in the publisher's. */
export type Who = "anon" | "authenticated" | "service_role" | "authenticator" | "postgres" | "reader";

/** Who may do what: the source of the table in docs/explanation/catalog.md. */
export const privileges: Readonly<Record<Who, Readonly<Record<Attempt, "yes" | "no" | "Vault">>>> = {
  anon: { "see password": "no", "use server": "no", read: "no", write: "no", "create server": "no" },
  authenticated: { "see password": "no", "use server": "no", read: "yes", write: "no", "create server": "no" },
  // The platform lets service_role read the whole Vault.
  service_role: { "see password": "Vault", "use server": "no", read: "yes", write: "no", "create server": "no" },
  authenticator: { "see password": "no", "use server": "no", read: "no", write: "no", "create server": "no" },
  postgres: { "see password": "yes", "use server": "yes", read: "yes", write: "no", "create server": "yes" },
  // The server is not in the publisher's database: there is nothing to see or to use.
  reader: { "see password": "no", "use server": "no", read: "yes", write: "no", "create server": "no" },
};

/** The table as the documentation shows it. */
export function privilegeTable(): string {
  const rows = Object.entries(privileges).map(
    ([who, may]) => `| ${who} | ${attempts.map((attempt) => may[attempt]).join(" | ")} |`,
  );
  return [`| | ${attempts.join(" | ")} |`, `|---|${attempts.map(() => "---|").join("")}`, ...rows].join("\n");
}
