import { createRequire } from "node:module";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import type { Answer, Registration } from "./registration.ts";
import type { LanguageRequest } from "./unfinished-program.ts";

/** A value that is not known. Source: unknownValue in the SDK's runtime/rpc.ts. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** What marks an object as a secret, in clear or not. Source: specialSigKey in the same file. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** A resource as the state holds it. */
export interface RecordedResource {
  readonly urn: string;
  readonly id?: string;
  readonly outputs?: Record<string, unknown>;
}

/** A resource as a program declares it. */
export interface DeclaredResource {
  readonly urn: string;
  /** Without those that are secret or not known. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** URNs that each input was made from. */
  readonly sources: Readonly<Record<string, readonly string[]>>;
  /** Id of the object that it is to take over; empty for none. */
  readonly importId: string;
  /** Whether it asks to be replaced for other reasons than its provider's. */
  readonly isReplacedByOptions: boolean;
}

const load = createRequire(import.meta.url);
const settings = load("@pulumi/pulumi/runtime/settings.js");
const config = load("@pulumi/pulumi/runtime/config.js");
const { runInPulumiStack } = load("@pulumi/pulumi/runtime/stack.js");
const state = load("@pulumi/pulumi/runtime/state.js");
const { Struct } = load("google-protobuf/google/protobuf/struct_pb.js");
const proto = load("@pulumi/pulumi/proto/resource_pb.js");

/** What only the engine, or a plugin of it, can answer. */
const BEYOND = [
  ...["invoke", "streamInvoke", "call", "readResource", "registerPackage"],
  ...["registerStackTransform", "registerStackInvokeTransform", "registerResourceHook", "registerErrorHook"],
];

/** Answers a program in the place of the engine: each resource is as recorded. */
class RecordedAnswers {
  readonly declared: DeclaredResource[] = [];
  /**
   * Resolved when the program asks for what is not recorded. That is never answered: a failure would go through all that the
   * program makes of it, and be taken for one of the operation.
   */
  readonly beyond: Promise<void>;
  readonly #recorded: ReadonlyMap<string, RecordedResource>;
  #giveUp: () => void = () => undefined;

  constructor(recorded: readonly RecordedResource[]) {
    this.#recorded = new Map(recorded.map((resource) => [resource.urn, resource]));
    this.beyond = new Promise((resolve) => {
      this.#giveUp = resolve;
    });
    Object.assign(this, Object.fromEntries(BEYOND.map((name) => [name, this.#giveUp])));
  }

  registerResource(request: Registration, answer: Answer<object>): void {
    // Only its plugin knows what a remote component declares.
    if (request.getRemote()) {
      this.#giveUp();
      return;
    }
    const urn = urnOf(request);
    const recorded = this.#recorded.get(urn);
    this.declared.push(declaration(urn, request));
    const response = new proto.RegisterResourceResponse();
    response.setUrn(urn);
    response.setId(recorded?.id ?? UNKNOWN);
    response.setObject(Struct.fromJavaScript(withoutSecrets(recorded?.outputs ?? {})));
    answer(null, response);
  }

  registerResourceOutputs(_: unknown, answer: Answer<object>): void {
    answer(null, {});
  }

  supportsFeature(request: { getId(): string }, answer: Answer<object>): void {
    const has = ["secrets", "deletedWith", "replaceWith", "aliasSpecs"].includes(request.getId());
    answer(null, { getHassupport: () => has });
  }
}

/** What a program says here it says again when it runs in earnest. Without any engine, the SDK prints it. */
const SILENT = {
  log: (_: unknown, answer: Answer<object>): void => answer(null, {}),
  setRootResource: (_: unknown, answer: Answer<object>): void => answer(null, {}),
};

function declaration(urn: string, request: Registration): DeclaredResource {
  const inputs = Object.entries(request.getObject()?.toJavaScript() ?? {}).filter(([, value]) => isPlain(value));
  const sources = [...request.getPropertydependenciesMap().entries()].map(([name, from]) => [name, from.getUrnsList()]);
  const reasons = [request.getReplaceonchangesList(), request.getReplaceWithList()].flat();
  return {
    urn,
    inputs: Object.fromEntries(inputs),
    sources: Object.fromEntries(sources),
    importId: request.getImportid(),
    isReplacedByOptions: reasons.length > 0 || Boolean(request.getReplacementTrigger?.()),
  };
}

function isPlain(value: unknown): boolean {
  const text = JSON.stringify(value) ?? "";
  return !text.includes(UNKNOWN) && !text.includes(SIGNATURE);
}

/** The URN as the engine makes it: the types of all parents but the stack's, then its own. */
function urnOf(request: Registration): string {
  const [, , parents = ""] = request.getParent().split("::");
  const type = ["", "pulumi:pulumi:Stack"].includes(parents) ? request.getType() : `${parents}$${request.getType()}`;
  return `urn:pulumi:${settings.getStack()}::${settings.getProject()}::${type}::${request.getName()}`;
}

/** Secrets are ciphertext in the state: what is made from one is not known. */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  if (SIGNATURE in value) return UNKNOWN;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withoutSecrets(one)]));
}

/**
 * What a program declares, found out by running it in this process without any engine, provider or network: each resource
 * answers what is recorded of it. Undefined where that is not to be had in this way.
 */
export function declaredBy(
  program: PulumiFn,
  request: LanguageRequest,
  recorded: readonly RecordedResource[],
): Promise<readonly DeclaredResource[] | undefined> {
  return state.withLocalStorage(async () => {
    const answers = new RecordedAnswers(recorded);
    let failed = false;
    const fail = () => {
      failed = true;
    };
    process.on("unhandledRejection", fail);
    try {
      const [project, organization] = [request.getProject(), request.getOrganization()];
      settings.resetOptions(project, request.getStack(), -1, "", "recorded", true, organization);
      Object.assign(state.getStore().settings, { monitor: answers, engine: SILENT });
      config.setAllConfig(Object.fromEntries(request.getConfigMap().entries()), request.getConfigsecretkeysList());
      await settings.awaitFeatureSupport();
      const whole = runInPulumiStack(program).then(() => settings.waitForRPCs());
      const isBeyond = await Promise.race([whole.then(() => false), answers.beyond.then(() => true)]);
      return failed || isBeyond ? undefined : answers.declared;
    } catch {
      return undefined;
    } finally {
      // Whatever else of the program failed with it is told before the next turn of the loop.
      await new Promise((resolve) => setImmediate(resolve));
      process.off("unhandledRejection", fail);
    }
  });
}
