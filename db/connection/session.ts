import type { Socket } from "node:net";
import postgres, { type Options, type PostgresType, type Sql } from "postgres";
import { coded, isAnswer, isConnectionError } from "./errors.ts";
import { fatalAtEnd, type ServerFields } from "./fatal.ts";
import { bareQuery, type Query, watch } from "./query.ts";
import { type Address, type Encryption, nameOf, openSocket } from "./socket.ts";

/** Parsed options of postgres.js, which it takes as they are; its types do not say so. */
export type ParsedOptions = Sql["options"];

/** Bytes that hold what a server says at the end of an answer, or of a session. */
const PIECE = 2048;

/**
 * One session of one server process. It ends with its connection: postgres.js would open another one for the next query
 * and go on there, so each session has an instance of its own, which may open no second connection. Nor may it before the first
 * answer: an instance that reconnects with something left to write waits for its time-out (`nextWriteTimer`).
 */
export class Session {
  /** Why it is over; undefined while it lives. */
  lost: Error | undefined;
  /** Called once, at the moment it is lost and before any query is rejected for it. */
  onLost: ((cause: Error) => void) | undefined;
  /** When it was opened, in milliseconds of `performance.now()`. */
  readonly openedAt = performance.now();
  /** True once the server has answered it. */
  answered = false;
  readonly #sql: Sql;
  readonly #instance: Query;
  readonly #pending = new Set<Query>();
  readonly #name: string;
  readonly #onEnd: () => void;
  #connected = false;
  /** What the server sent last. */
  #last: Buffer | undefined;

  /** @param onEnd called once, when it is over for whatever reason. */
  constructor(options: ParsedOptions, address: Address, onEnd: () => void) {
    this.#onEnd = onEnd;
    this.#name = nameOf(address);
    const own: Record<string, unknown> = {
      ...options,
      ...{ max: 1, host: [address.host], port: [address.port], path: address.path ?? false },
      socket: () => this.#connect(address, options),
      // The socket is encrypted before postgres.js sees it, so that what the server says last can be read.
      ssl: false,
      // Awaited nowhere in postgres.js: a connection lost during that look would end the process.
      fetch_types: false,
      target_session_attrs: null,
      // They would end a session between two statements of a transaction.
      ...{ idle_timeout: null, max_lifetime: null },
      onclose: (id: number) => {
        this.#end(this.#closed());
        (options as { onclose?: (id: number) => void }).onclose?.(id);
      },
    };
    this.#sql = postgres(own as Options<Record<string, PostgresType>>);
    this.#instance = bareQuery(this.#sql);
  }

  /**
   * Sends a query, behind those sent before. It rejects without being sent where the session is lost.
   * @param settled called when its answer is there; an error that it returns is what the caller gets.
   */
  send(query: Query, settled?: Settled): void {
    if (this.lost || query.cancelled) {
      settled?.("reject", this.lost);
      query.reject(this.#refusal());
      return;
    }
    const answer: Settled = (outcome, value) => {
      const error = outcome === "reject" ? this.#rejected(query, value) : undefined;
      this.answered ||= outcome === "resolve" || isAnswer(value);
      this.#pending.delete(query);
      return settled?.(outcome, value) ?? error;
    };
    watch(query, answer, () => this.lost);
    this.#pending.add(query);
    query.canceller = this.#instance.canceller;
    this.#instance.handler(query);
  }

  /**
   * What the server said last of the transaction: I for none, T in one, E in one that failed. Undefined where it is in the
   * middle of an answer.
   */
  get status(): "I" | "T" | "E" | undefined {
    const end = this.#last?.subarray(-6).toString("latin1") ?? "";
    return end.startsWith("Z\0\0\0\x05") ? (end[5] as "I" | "T" | "E") : undefined;
  }

  /** Sends `text` and waits for its answer. */
  async run(text: string): Promise<unknown> {
    const query = bareQuery(this.#sql, text);
    query.handler = (asked) => this.send(asked);
    return query;
  }

  /** Ends it at once; what is under way rejects with `cause`. */
  close(cause: Error): void {
    this.#end(cause);
    void this.#sql.end({ timeout: 0 });
  }

  /** Takes leave of the server; nothing may be under way. */
  end(): void {
    this.#end(coded("CONNECTION_ENDED", "The session was ended."));
    void this.#sql.end();
  }

  /** The session is lost, with its cause, before the caller learns of the rejection. */
  #rejected(query: Query, error: unknown): Error | undefined {
    const others = this.#pending.size > (this.#pending.has(query) ? 1 : 0);
    // A query that postgres.js could not build while others are under way leaves their answers out of step.
    if (!this.lost && (isConnectionError(error) || (others && !isAnswer(error)))) this.close(error as Error);
    return isConnectionError(error) ? this.lost : undefined;
  }

  async #connect(address: Address, options: ParsedOptions): Promise<Socket> {
    if (this.lost) throw this.lost;
    const { ssl, sslnegotiation, connect_timeout } = options as unknown as SocketOptions;
    const wanted = { ssl, direct: sslnegotiation === "direct", seconds: Number(connect_timeout) };
    const socket = await openSocket(address, wanted);
    // A further one carries the request to cancel a query.
    if (this.#connected) return socket;
    this.#connected = true;
    // Before those of postgres.js, which reconnects where a connection ends before its first answer.
    socket.once("error", (error) => this.#end(error));
    socket.once("end", () => this.#end(this.#closed()));
    socket.once("close", () => this.#end(this.#closed()));
    socket.on("data", (chunk: Buffer) => {
      // A message may come in pieces.
      const before = chunk.length < PIECE ? this.#last?.subarray(-PIECE) : undefined;
      this.#last = before ? Buffer.concat([before, chunk]) : chunk;
    });
    return socket;
  }

  #closed(): Error {
    return coded("CONNECTION_CLOSED", `The connection to ${this.#name} was closed.`);
  }

  #end(error: Error): void {
    if (this.lost) return;
    const said = isConnectionError(error) && this.#last ? fatalAtEnd(this.#last) : undefined;
    const cause = said ? new ServerError(said) : error;
    this.lost = cause;
    this.#last = undefined;
    this.onLost?.(cause);
    for (const query of [...this.#pending]) {
      query.cancelled = { resolve() {}, reject() {} };
      query.reject(cause);
    }
    this.#onEnd();
  }

  #refusal(): Error {
    const { message = "It was cancelled.", code = "57014" } = (this.lost ?? {}) as NodeJS.ErrnoException;
    return coded(code, `It was not sent, because the session it belongs to is lost: ${message}`, this.lost);
  }
}

type Settled = (outcome: "resolve" | "reject", value: unknown) => Error | undefined;
type SocketOptions = { ssl: Encryption; sslnegotiation: string | null; connect_timeout: number };
// Its types leave the constructor out.
const ServerError = postgres.PostgresError as unknown as new (fields: ServerFields) => Error;
