import { serve } from "../host/server.ts";
import { definition } from "./definition.ts";

// When a server ends a session in the middle of a transaction, postgres.js 3.4.9 writes once more to the connection it has
// let go of, outside every promise (nextWrite in its connection.js). The operation has its error by then; the others go on.
const LATE_WRITE = "Cannot read properties of null (reading 'write')";
process.on("uncaughtException", (error) => {
  if (!(error instanceof TypeError && error.message === LATE_WRITE)) throw error;
});

serve(definition, process.argv.slice(2));
