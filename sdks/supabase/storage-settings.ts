import * as pulumi from "@pulumi/pulumi";

export interface StorageSettingsArgs {
  /** Ref of the project. Changing it replaces the resource. */
  projectRef: pulumi.Input<string>;
  /** Largest file in bytes, up to 500 GB. */
  fileSizeLimit?: pulumi.Input<number>;
  /** Features that are on or off. */
  features?: pulumi.Input<{ imageTransformation?: { enabled: boolean }; s3Protocol?: { enabled: boolean } }>;
}

/** The file storage of a project. Only what is set is managed; deleting leaves it as it is. */
export class StorageSettings extends pulumi.CustomResource {
  declare readonly projectRef: pulumi.Output<string>;
  declare readonly fileSizeLimit: pulumi.Output<number | undefined>;
  declare readonly features: pulumi.Output<
    { imageTransformation?: { enabled: boolean }; s3Protocol?: { enabled: boolean } } | undefined
  >;

  constructor(name: string, args: StorageSettingsArgs, opts?: pulumi.CustomResourceOptions) {
    super("supabase:index/storageSettings:StorageSettings", name, { ...args }, opts);
  }
}
