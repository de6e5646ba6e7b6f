import type { Mutation } from "./mutation.ts";

/** The stack's configuration, edited and not deployed. */
export const configuration: readonly Mutation[] = [
  {
    name: "the reader may hold more connections, says the configuration",
    on: "prod",
    change: { config: { readerConnectionLimit: 31 } },
    finds: [{ layer: "configuration", object: "setting tailfire:readerConnectionLimit" }],
    back: { config: { readerConnectionLimit: 30 } },
  },
  {
    name: "the project has another name, says the configuration",
    on: "preview",
    change: { config: { projectName: "another-name" } },
    finds: [{ layer: "configuration", object: "setting tailfire:projectName" }],
    back: { config: { projectName: "" } },
  },
  {
    name: "the hand-off names the pooler, says the configuration",
    on: "prod",
    change: { config: { handOffConnection: "session" } },
    finds: [{ layer: "configuration", object: "setting tailfire:handOffConnection" }],
    back: { config: { handOffConnection: "direct" } },
  },
];
