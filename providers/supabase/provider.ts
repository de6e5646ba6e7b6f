import { serve } from "../host/server.ts";
import { definition } from "./definition.ts";

serve(definition, process.argv.slice(2));
