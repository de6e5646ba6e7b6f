/** The long form of test/pull-requests/storm.test.ts. */
export { prStorm } from "../pull-requests/storm.ts";
