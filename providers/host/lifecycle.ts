import type grpc from "@grpc/grpc-js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { type AnyKind, type Change, CreatedNotReady } from "./kind.ts";
import { type Decoded, decode, encode } from "./properties.ts";
import { addFailures, type ProviderSession, unary } from "./protocol.ts";

/** The resource half of the provider protocol: check, diff, create, read, update, delete. */
export function lifecycle<Config>(session: ProviderSession<Config>): grpc.UntypedServiceImplementation {
  const find = (urn: string) => findKind(session.definition.kinds, urn);
  return {
    check: unary(async (request: proto.CheckRequest) => checked(find(request.getUrn()), request)),
    diff: unary(async (request: proto.DiffRequest) => {
      const kind = find(request.getUrn());
      const [olds, news, recordedInputs] = [request.getOlds(), request.getNews(), request.getOldInputs()].map(decode);
      const changes = kind.diff(olds?.values ?? {}, news?.values ?? {}, recordedInputs?.values ?? {});
      if (changes.length > 0 && kind.foresee && session.config !== undefined) {
        const { context } = session.call(request.getUrn(), 0);
        for (const message of kind.foresee(olds?.values ?? {}, news?.values ?? {})) context.warn(message);
      }
      return diffResponse(changes);
    }),
    create: unary(async (request: proto.CreateRequest) => {
      const kind = find(request.getUrn());
      const inputs = decode(request.getProperties());
      const call = session.call(request.getUrn(), request.getTimeout());
      const secrets = secretsOf(kind, inputs);
      const { id, state } = await keepSecret(secrets, () => kind.create(call, inputs.values));
      return new proto.CreateResponse().setId(id).setProperties(encode(state, secrets));
    }),
    read: unary(async (request: proto.ReadRequest) => {
      const kind = find(request.getUrn());
      const recorded = decode(request.getProperties());
      const state = Object.keys(recorded.values).length > 0 ? recorded.values : undefined;
      const inputs = decode(request.getInputs());
      const call = session.call(request.getUrn(), request.getTimeout());
      const answer = await kind.read(call, request.getId(), state, inputs.values);
      if (!answer) return new proto.ReadResponse().setId("");
      const secrets = new Set([...secretsOf(kind, recorded), ...inputs.secrets]);
      const response = new proto.ReadResponse().setId(answer.id).setProperties(encode(answer.state, secrets));
      return answer.inputs ? response.setInputs(encode({ ...answer.inputs }, secrets)) : response;
    }),
    update: unary(async (request: proto.UpdateRequest) => {
      const kind = find(request.getUrn());
      const news = decode(request.getNews());
      const call = session.call(request.getUrn(), request.getTimeout());
      const secrets = secretsOf(kind, news);
      const olds = decode(request.getOlds()).values;
      const state = await keepSecret(secrets, () => kind.update(call, request.getId(), olds, news.values));
      return new proto.UpdateResponse().setProperties(encode(state, secrets));
    }),
    delete: unary(async (request: proto.DeleteRequest) => {
      const kind = find(request.getUrn());
      const call = session.call(request.getUrn(), request.getTimeout());
      await kind.delete(call, request.getId(), decode(request.getProperties()).values);
      return new empty.Empty();
    }),
  };
}

function checked<Config>(kind: AnyKind<Config>, request: proto.CheckRequest): proto.CheckResponse {
  const news = decode(request.getNews());
  const { inputs, failures } = kind.check(news.values, news.unknowns, decode(request.getOlds()).values);
  const response = new proto.CheckResponse().setInputs(encode(inputs, news.secrets));
  addFailures(response, failures);
  return response;
}

function findKind<Config>(kinds: readonly AnyKind<Config>[], urn: string): AnyKind<Config> {
  // urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME
  const token = urn.split("::")[2]?.split("$").at(-1);
  const found = kinds.find((kind) => kind.token === token);
  if (!found) throw new Error(`unknown resource type ${token ?? urn}`);
  return found;
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

const KINDS = {
  add: [proto.PropertyDiff.Kind.ADD, proto.PropertyDiff.Kind.ADD_REPLACE],
  delete: [proto.PropertyDiff.Kind.DELETE, proto.PropertyDiff.Kind.DELETE_REPLACE],
  update: [proto.PropertyDiff.Kind.UPDATE, proto.PropertyDiff.Kind.UPDATE_REPLACE],
} as const;

function diffResponse(changes: readonly Change[]): proto.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
  const response = new proto.DiffResponse().setChanges(changes.length > 0 ? DIFF_SOME : DIFF_NONE);
  // Natural names (a project's, a role's) admit one holder at a time, so what is replaced is deleted first.
  response.setDeletebeforereplace(true).setHasdetaileddiff(changes.length > 0);
  for (const { property, kind, replace } of changes) {
    const top = property.split(/[.[]/)[0] ?? property;
    response.addDiffs(top);
    if (replace) response.addReplaces(top);
    response.getDetaileddiffMap().set(property, new proto.PropertyDiff().setKind(KINDS[kind][replace ? 1 : 0]));
  }
  return response;
}
