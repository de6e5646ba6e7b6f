import { join } from "node:path";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { madeOnce } from "../../engine/once.ts";

/** Characters of an age identity: AGE-SECRET-KEY-1 and 58 more. */
const IDENTITY_LENGTH = 74;

interface HandOffSettings {
  readonly config: Record<string, string>;
  readonly secretConfig: Record<string, string>;
}

/** A publisher gets the public key, a subscriber the secret one: only it can read what Production hands over. */
export async function handOffSettings(options: { dataDir: string; role: unknown }): Promise<HandOffSettings> {
  const folder = join(options.dataDir, "hand-off");
  const config = { handOffPath: join(folder, "catalog-reader.age") };
  const { role } = options;
  if (role !== "publish" && role !== "subscribe" && role !== "snapshot") return { config: {}, secretConfig: {} };
  const identity = await handOffIdentity(folder);
  return role === "publish"
    ? { config: { ...config, handOffRecipients: await identityToRecipient(identity) }, secretConfig: {} }
    : { config, secretConfig: { handOffIdentity: identity } };
}

/** A hosted stack of a pull request has no settings file in which to keep its key to the hand-off encrypted. */
export function hostedSecrets(): { secretConfig: Record<string, string> } {
  const handOffIdentity = process.env.HAND_OFF_IDENTITY;
  return { secretConfig: handOffIdentity ? { handOffIdentity } : {} };
}

async function handOffIdentity(folder: string): Promise<string> {
  const make = async () => `${await generateX25519Identity()}\n`;
  const what = "identity that opens the catalog's hand-off";
  return (await madeOnce({ path: join(folder, "identity"), what, atLeast: IDENTITY_LENGTH, make })).trim();
}
