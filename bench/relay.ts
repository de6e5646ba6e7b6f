import { startRelay } from "../test/support/relay.ts";

const [port, delayMs, host = "127.0.0.1"] = process.argv.slice(2);
const relay = await startRelay({ port: Number(port), delayMs: Number(delayMs), host });
process.on("message", () => process.send?.({ turns: relay.turns(), received: relay.received() }));
process.send?.({ port: relay.port });
