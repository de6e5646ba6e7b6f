import { z } from "zod";
import { configKind } from "./config/config-kind.ts";
import { typedForm } from "./config/form.ts";

const toggle = z
  .strictObject({ enabled: z.boolean().describe("Whether it is on.") })
  .optional()
  .meta({ description: "One feature.", typeName: "StorageFeature" });

/** Bounds: `UpdateStorageConfigBody` of the API's description. */
const inputs = {
  fileSizeLimit: z.int().min(0).max(536_870_912_000).optional().describe("Largest file in bytes, up to 500 GB."),
  features: z
    .strictObject({ imageTransformation: toggle, s3Protocol: toggle })
    .optional()
    .describe("Features that are on or off."),
};

/** The project's file storage. */
export const storageSettingsKind = configKind({
  token: "supabase:index/storageSettings:StorageSettings",
  description: "The file storage of a project. Only what is set is managed; deleting leaves it as it is.",
  inputs,
  form: typedForm({ section: "storage", properties: Object.keys(inputs), apiName: (property) => property }),
});
