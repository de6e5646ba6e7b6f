import type * as pulumi from "@pulumi/pulumi";
import * as supabase from "@pulumi/supabase";
import program from "../../index.ts";

/** The program of this project, and settings of the cloud beside it, so that there is something to change there. */
export async function settingsProgram(): Promise<Record<string, pulumi.Input<unknown>>> {
  const outputs = await program();
  const projectRef = outputs.ref as pulumi.Output<string>;
  const name = "beside";
  new supabase.NetworkRestrictions(name, { projectRef, restrictions: ["127.0.0.0/8", "::/0"] });
  new supabase.ApiSettings(name, { projectRef, dbSchema: "public", maxRows: 500 });
  new supabase.PoolerSettings(name, { projectRef, defaultPoolSize: 12 });
  new supabase.StorageSettings(name, { projectRef, fileSizeLimit: 5_000_000 });
  new supabase.PostgresSettings(name, { projectRef, statementTimeout: "90s" });
  return outputs;
}
