import { startRelay } from "../test/support/relay.ts";

// A process of its own, so that what is measured and what delays it do not share one event loop.
const [port, delayMs] = process.argv.slice(2).map(Number);
const relay = await startRelay({ port: port ?? 0, delayMs: delayMs ?? 0 });
process.stdout.write(`${relay.port}\n`);
