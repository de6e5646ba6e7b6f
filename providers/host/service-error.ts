import grpc from "@grpc/grpc-js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import statusProto from "@pulumi/pulumi/proto/status_pb.js";
import anyProto from "google-protobuf/google/protobuf/any_pb.js";
import { CreatedNotReady } from "./kind.ts";
import { encode } from "./properties.ts";

/** Turns an error into the gRPC answer the engine shows; a `CreatedNotReady` keeps id and state for the next run. */
export function toServiceError(error: unknown): Partial<grpc.ServiceError> {
  const message = error instanceof Error ? error.message : String(error);
  const answer = { code: grpc.status.UNKNOWN, details: message, message };
  return error instanceof CreatedNotReady ? { ...answer, metadata: notReadyMetadata(error) } : answer;
}

function notReadyMetadata(error: CreatedNotReady): grpc.Metadata {
  const detail = new proto.ErrorResourceInitFailed();
  detail.setId(error.id);
  detail.setProperties(encode(error.state, error.secrets));
  detail.setReasonsList([error.message]);
  const packed = new anyProto.Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new statusProto.Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(error.message);
  status.addDetails(packed);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return metadata;
}
