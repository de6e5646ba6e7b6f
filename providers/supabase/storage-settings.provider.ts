import { z } from "zod";
import { configKind } from "./config/config-kind.ts";
import { typedForm } from "./config/form.ts";

const toggle = z.strictObject({ enabled: z.boolean() }).optional();

/** Bounds: `UpdateStorageConfigBody` of the API's description. */
const inputs = {
  fileSizeLimit: z.int().min(0).max(536_870_912_000).optional(),
  features: z.strictObject({ imageTransformation: toggle, s3Protocol: toggle }).optional(),
};

/** The project's file storage. */
export const storageSettingsKind = configKind({
  token: "supabase:index/storageSettings:StorageSettings",
  inputs,
  form: typedForm({ section: "storage", properties: Object.keys(inputs), apiName: (property) => property }),
});
