import { randomUUID } from "node:crypto";
import type grpc from "@grpc/grpc-js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { diffResponse, movedMessage, movedOutside, withoutOutsideMoves } from "./changes.ts";
import { withLiveValues, withoutIgnored } from "./ignored.ts";
import { type AnyKind, CreatedNotReady, type Properties, UNKNOWN } from "./kind.ts";
import { type Decoded, decode, encode } from "./properties.ts";
import { addFailures, type ProviderSession, unary } from "./protocol.ts";
import { shownFailure } from "./refusal.ts";

/** The resource half of the provider protocol: check, diff, create, read, update, delete. */
export function lifecycle<Config>(session: ProviderSession<Config>): grpc.UntypedServiceImplementation {
  const each = new Lifecycle(session);
  return {
    check: unary(async (request: proto.CheckRequest) => each.check(request)),
    diff: unary((request: proto.DiffRequest) => each.diff(request)),
    create: unary((request: proto.CreateRequest) => each.create(request)),
    read: unary((request: proto.ReadRequest) => each.read(request)),
    update: unary((request: proto.UpdateRequest) => each.update(request)),
    delete: unary((request: proto.DeleteRequest) => each.delete(request)),
  };
}

class Lifecycle<Config> {
  readonly #session: ProviderSession<Config>;

  constructor(session: ProviderSession<Config>) {
    this.#session = session;
  }

  check(request: proto.CheckRequest): proto.CheckResponse {
    const kind = this.#find(request.getUrn());
    const [olds, news] = [decode(request.getOlds()).values, decode(request.getNews())];
    const { inputs, failures } = kind.check(news.values, news.unknowns, olds, request.getUrn().split("::").at(-1));
    this.#session.operation.declared.set(request.getUrn(), inputs);
    if (Object.keys(olds).length > 0) this.#session.operation.recorded.set(request.getUrn(), olds);
    const response = new proto.CheckResponse().setInputs(encode(inputs, news.secrets));
    const secrets = secretsOf(kind, news);
    const shown = failures.map((failure) => shownFailure(failure, news.values, secrets));
    addFailures(response, shown);
    return response;
  }

  async diff(request: proto.DiffRequest): Promise<proto.DiffResponse> {
    const kind = this.#find(request.getUrn());
    const ignored = request.getIgnorechangesList();
    const olds = decode(request.getOlds()).values;
    const recordedInputs = decode(request.getOldInputs()).values;
    const news = withLiveValues(olds, decode(request.getNews()).values, ignored);
    const call = this.#session.config === undefined ? undefined : this.#session.call(request.getUrn(), 0);
    if (call) await kind.prove?.({ ...call, ignored }, olds, news, recordedInputs);
    const found = withoutIgnored(kind.diff(olds, news, recordedInputs), ignored);
    const moved = movedOutside(found, news, recordedInputs);
    if (call && found.length > 0) {
      const foreseen = kind.foresee?.(olds, news) ?? [];
      if (moved.length > 0) foreseen.push(movedMessage(moved, olds, news));
      for (const message of foreseen) call.context.warn(message);
    }
    return diffResponse(withoutOutsideMoves(found, moved));
  }

  async create(request: proto.CreateRequest): Promise<proto.CreateResponse> {
    const kind = this.#find(request.getUrn());
    const inputs = decode(request.getProperties());
    const secrets = secretsOf(kind, inputs);
    if (request.getPreview()) {
      if (inputs.unknowns.size === 0 && this.#session.config !== undefined) await this.#foresee(request, inputs.values);
      return new proto.CreateResponse().setProperties(encode(inputs.values, secrets));
    }
    const call = this.#session.call(request.getUrn(), request.getTimeout());
    const making = { ...call, mark: randomUUID(), replaced: this.#session.operation.recorded.get(request.getUrn()) };
    const { id, state } = await keepSecret(secrets, () => kind.create(making, inputs.values));
    return new proto.CreateResponse().setId(id).setProperties(encode(state, secrets));
  }

  async #foresee(request: proto.CreateRequest, inputs: Properties): Promise<void> {
    const kind = this.#find(request.getUrn());
    const call = this.#session.call(request.getUrn(), 0);
    const messages = (await kind.foreseeCreate?.(call, inputs).catch(() => [])) ?? [];
    for (const message of messages) call.context.warn(message);
  }

  async read(request: proto.ReadRequest): Promise<proto.ReadResponse> {
    const kind = this.#find(request.getUrn());
    const recorded = decode(request.getProperties());
    const state = Object.keys(recorded.values).length > 0 ? recorded.values : undefined;
    const inputs = decode(request.getInputs());
    const call = this.#session.call(request.getUrn(), request.getTimeout());
    const answer = await kind.read(call, request.getId(), state, inputs.values);
    const { recorded: known } = this.#session.operation;
    // A replacement that the user forces comes with a check that is told nothing of what was recorded.
    if (state && answer) known.set(request.getUrn(), inputs.values);
    else known.delete(request.getUrn());
    if (!answer) return new proto.ReadResponse().setId("");
    const secrets = new Set([...secretsOf(kind, recorded), ...inputs.secrets]);
    const response = new proto.ReadResponse().setId(answer.id).setProperties(encode(answer.state, secrets));
    return answer.inputs ? response.setInputs(encode({ ...answer.inputs }, secrets)) : response;
  }

  async update(request: proto.UpdateRequest): Promise<proto.UpdateResponse> {
    const kind = this.#find(request.getUrn());
    const given = decode(request.getNews());
    const secrets = secretsOf(kind, given);
    const ignored = request.getIgnorechangesList();
    const olds = decode(request.getOlds()).values;
    const news = withLiveValues(olds, given.values, ignored);
    const recordedInputs = decode(request.getOldInputs()).values;
    if (request.getPreview()) {
      const unsettled = (kind.unsettled?.(olds, news) ?? []).map((name) => [name, UNKNOWN]);
      const state = { ...olds, ...news, ...Object.fromEntries(unsettled) };
      return new proto.UpdateResponse().setProperties(encode(state, secrets));
    }
    const moved = movedOutside(withoutIgnored(kind.diff(olds, news, recordedInputs), ignored), news, recordedInputs);
    if (moved.length > 0) throw new Error(movedMessage(moved, olds, news));
    const call = { ...this.#session.call(request.getUrn(), request.getTimeout()), mark: randomUUID(), ignored };
    const run = () => kind.update(call, request.getId(), olds, news, recordedInputs);
    return new proto.UpdateResponse().setProperties(encode(await keepSecret(secrets, run), secrets));
  }

  async delete(request: proto.DeleteRequest): Promise<empty.Empty> {
    const kind = this.#find(request.getUrn());
    const call = this.#session.call(request.getUrn(), request.getTimeout());
    const successor = this.#session.operation.declared.get(request.getUrn());
    await kind.delete({ ...call, successor }, request.getId(), decode(request.getProperties()).values);
    return new empty.Empty();
  }

  #find(urn: string): AnyKind<Config> {
    // urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME
    const token = urn.split("::")[2]?.split("$").at(-1);
    const found = this.#session.definition.kinds.find((kind) => kind.token === token);
    if (!found) throw new Error(`unknown resource type ${token ?? urn}`);
    return found;
  }
}

function secretsOf<Config>(kind: AnyKind<Config>, properties: Decoded): Set<string> {
  return new Set([...kind.secrets, ...properties.secrets]);
}

/** Runs an operation; a state it hands over with a failure is recorded with the same properties secret. */
async function keepSecret<Result>(secrets: Set<string>, operation: () => Promise<Result>): Promise<Result> {
  try {
    return await operation();
  } catch (error) {
    if (error instanceof CreatedNotReady) error.secrets = secrets;
    throw error;
  }
}
