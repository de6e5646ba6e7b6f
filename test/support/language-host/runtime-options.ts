import type proto from "@pulumi/pulumi/proto/language_pb.js";

/** `runtime.options` of a Pulumi.yaml or PulumiPlugin.yaml, as the Node language host understands them. */
export interface RuntimeOptions {
  /** Arguments of `node`, before the program. */
  readonly nodeArguments: readonly string[];
  /** What the SDK is told by the environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Reads the options of a program. @throws when one has another type than it must have. */
export function runtimeOptionsOf(info: proto.ProgramInfo): RuntimeOptions {
  const options = info.getOptions()?.toJavaScript() ?? {};
  const { typescript = true, tsconfig, nodeargs = "" } = options;
  if (typeof typescript !== "boolean") throw new Error("the option typescript must be true or false");
  if (typeof nodeargs !== "string") throw new Error("the option nodeargs must be a string");
  if (tsconfig !== undefined && typeof tsconfig !== "string") throw new Error("the option tsconfig must be a string");
  return {
    nodeArguments: words(nodeargs),
    env: {
      ...(typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
      ...(tsconfig ? { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig } : {}),
    },
  };
}

/** The words of a command line; quotes keep blanks together. */
function words(text: string): string[] {
  const found = text.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g);
  return [...found].map(([word]) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, "$1$2"));
}
