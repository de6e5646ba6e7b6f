import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ROW_DROPPING_SWITCHES } from "../names/discards.ts";
import type { HandOffContent } from "./open-hand-off.ts";
import { openReader, readsPublisher } from "./publisher.ts";
import { SettingsReader } from "./settings-reader.ts";

const CATALOG_ROLES = ["publish", "subscribe", "snapshot", "standalone"] as const;
const CONNECTIONS = ["direct", "session"] as const;
/** Keys that only commands read. */
const OF_COMMANDS = ["prIsolation", "prTtl"];
const CREDENTIALS = ["password", "login-role"] as const;

/** Which part an environment plays for the catalog: it owns and shares it, reads another's, copies that, or keeps to itself. */
type CatalogRole = (typeof CATALOG_ROLES)[number];
/** How a database is reached: its own address, or the session pooler's. */
type ConnectionMode = (typeof CONNECTIONS)[number];
/** What the database is logged in to with: the project's password, or a login the platform makes for a while. */
type Credentials = (typeof CREDENTIALS)[number];

/** The settings of one environment, checked. Optional values are undefined rather than empty. */
export interface EnvironmentSettings {
  catalog: CatalogRole;
  organizationId: string;
  region: string;
  /** Undefined: PROJECT-STACK, and later the name the project has. */
  projectName: string | undefined;
  /** Yes to losing a project with all its data, by its name. */
  replaceProject: string | undefined;
  instanceSize: string | undefined;
  /** Reference of an existing project to adopt. */
  ref: string | undefined;
  databasePassword: pulumi.Output<string> | undefined;
  /** `auto`: the direct address, or the session pooler where that does not answer. */
  connection: ConnectionMode | "auto";
  credentials: Credentials;
  protect: boolean;
  /** Path of the hand-off file; a relative one starts at the root of the checkout. */
  handOffPath: string;
  handOffRecipients: string[];
  /** A workflow holds it as a secret of its own, HAND_OFF_IDENTITY, where no settings file of the checkout has it. */
  handOffIdentity: string | undefined;
  /** Subscriber or snapshot only: what the publisher handed over. */
  reader: HandOffContent | undefined;
  /** Subscriber only: file with the publisher's authority, on the machine of the subscriber's database server. */
  catalogCaFile: string | undefined;
  handOffConnection: ConnectionMode;
  readerGeneration: number;
  retirePreviousReader: boolean;
  readerConnectionLimit: number;
  /** Raised by one, a snapshot is taken again. */
  snapshotGeneration: number;
  /** Whether a snapshot also holds the tables with the raw payloads the catalog was made from. */
  snapshotRawTables: boolean;
  /** The yes to a switch of the catalog that drops rows. */
  discardCatalogRows: (typeof ROW_DROPPING_SWITCHES)[number] | undefined;
}

/**
 * Reads the settings of a stack from its configuration (keys: `config` in Pulumi.yaml).
 * @param options.root folder that a relative `handOffPath` starts from
 * @throws {pulumi.RunError} naming every problem at once, before any resource is registered
 */
export async function readSettings(options: {
  project: string;
  stack: string;
  root: string;
}): Promise<EnvironmentSettings> {
  const reader = new SettingsReader(options.project);
  const settings: EnvironmentSettings = {
    catalog: reader.oneOf("catalog", CATALOG_ROLES),
    organizationId: reader.required("organizationId"),
    region: reader.required("region"),
    projectName: reader.text("projectName"),
    replaceProject: reader.text("replaceProject"),
    instanceSize: reader.text("instanceSize"),
    ref: reader.text("ref"),
    databasePassword: reader.secret("databasePassword"),
    connection: reader.oneOf("connection", ["auto", ...CONNECTIONS]),
    credentials: reader.oneOf("credentials", CREDENTIALS),
    protect: reader.flag("protect"),
    handOffPath: reader.text("handOffPath") ?? "hand-off/catalog-reader.age",
    handOffRecipients: (reader.text("handOffRecipients") ?? "").split(",").flatMap((key) => key.trim() || []),
    handOffIdentity: reader.secretText("handOffIdentity") ?? (process.env.HAND_OFF_IDENTITY?.trim() || undefined),
    reader: undefined,
    catalogCaFile: reader.text("catalogCaFile"),
    handOffConnection: reader.oneOf("handOffConnection", CONNECTIONS),
    readerGeneration: reader.count("readerGeneration"),
    retirePreviousReader: reader.flag("retirePreviousReader"),
    readerConnectionLimit: reader.count("readerConnectionLimit"),
    snapshotGeneration: reader.count("snapshotGeneration"),
    snapshotRawTables: reader.flag("snapshotRawTables"),
    discardCatalogRows: reader.text("discardCatalogRows")
      ? reader.oneOf("discardCatalogRows", ROW_DROPPING_SWITCHES)
      : undefined,
  };
  const problems = [...reader.problems, ...reader.misspelt(OF_COMMANDS), ...contradictions(settings)];
  if (problems.length > 0) {
    throw new pulumi.RunError(
      `stack ${options.stack} cannot be used as it is configured:\n  - ${problems.join("\n  - ")}`,
    );
  }
  if (!readsPublisher(settings.catalog)) return settings;
  const { handOffPath, handOffIdentity: identity } = settings;
  return { ...settings, reader: await openReader({ path: resolve(options.root, handOffPath), identity }) };
}

function contradictions(settings: EnvironmentSettings): string[] {
  const problems: string[] = [];
  const { catalog, handOffRecipients, handOffIdentity, ref, databasePassword } = settings;
  if (catalog === "publish" && handOffRecipients.length === 0) {
    problems.push("handOffRecipients: a publisher needs the public key of those who may read its catalog (age1...)");
  }
  for (const key of handOffRecipients.filter((recipient) => !/^age1[a-z0-9]{58}$/.test(recipient))) {
    const hint = key.startsWith("AGE-SECRET-KEY")
      ? " (that is a secret key; the public one starts with age1)"
      : `: ${key}`;
    problems.push(`handOffRecipients: not an age public key${hint}`);
  }
  if (readsPublisher(catalog) && handOffIdentity === undefined) {
    problems.push(
      "handOffIdentity: a subscriber needs the secret key that opens the hand-off (AGE-SECRET-KEY-1...), there or as HAND_OFF_IDENTITY",
    );
  }
  if (handOffIdentity !== undefined && !handOffIdentity.startsWith("AGE-SECRET-KEY-1")) {
    problems.push("handOffIdentity: not an age secret key (AGE-SECRET-KEY-1...)");
  }
  if (ref !== undefined && databasePassword === undefined) {
    problems.push("databasePassword: adopting a project by ref needs the password its database has");
  }
  if (ref !== undefined && !/^[a-z]{20}$/.test(ref))
    problems.push(`ref: a project ref is 20 lower-case letters, not ${ref}`);
  return problems;
}
