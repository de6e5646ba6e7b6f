import type { EnvironmentStack } from "../../engine/operations.ts";
import { changeStackSettings, readStackSettings } from "../session/stack-settings.ts";

/** Where a rotation stands, as the publisher's configuration says it. */
export interface Rotation {
  /** Generation of the reader that `up` makes the current one. */
  readonly generation: number;
  /** The login of the generation before has been given up. */
  readonly previousRetired: boolean;
}

/** The publisher's configuration, as far as rotating goes. A write changes both values or none. */
export interface RotationStore {
  read(): Promise<Rotation>;
  write(rotation: Rotation): Promise<void>;
}

/** A local stack's is in the data folder. */
export function localStore(place: { dataDir: string; stack: string }): RotationStore {
  return {
    async read() {
      const settings = await readStackSettings(place);
      return parse(settings.readerGeneration, settings.retirePreviousReader);
    },
    write: ({ generation, previousRetired }) =>
      changeStackSettings(place, { readerGeneration: generation, retirePreviousReader: previousRetired }),
  };
}

/** A hosted stack's is its Pulumi.STACK.yaml, which is to be committed afterwards. */
export function hostedStore(stack: Pick<EnvironmentStack, "command" | "project">): RotationStore {
  const key = (name: string): string => `${stack.project}:${name}`;
  return {
    async read() {
      const { stdout } = await stack.command(["config", "--json"]);
      const held: Record<string, { value?: string }> = JSON.parse(stdout);
      return parse(held[key("readerGeneration")]?.value, held[key("retirePreviousReader")]?.value);
    },
    async write({ generation, previousRetired }) {
      const values = [`${key("readerGeneration")}=${generation}`, `${key("retirePreviousReader")}=${previousRetired}`];
      await stack.command(["config", "set-all", ...values.flatMap((value) => ["--plaintext", value])]);
    },
  };
}

function parse(generation: unknown, retired: unknown): Rotation {
  return { generation: Number(generation ?? 1), previousRetired: String(retired ?? "false") === "true" };
}
