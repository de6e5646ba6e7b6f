import type { Configuration } from "../../providers/database/configuration.ts";
import { readerRole } from "../../providers/database/reader-role.provider.ts";
import { test as inCloud } from "./cloud.ts";
import { configurationOf, Driven, type DrivenOf } from "./provider-call.ts";
import type { TestDatabase } from "./test-cloud.ts";

/** The database of the test that runs, with a schema to read. Set by `test` of this file, closed after the test. */
export let database: TestDatabase;
/** The reader there, before it is made. */
export let role: DrivenOf<typeof readerRole>;
let config: Configuration | undefined;

/** A test with a project of its own, for a reader. */
export const test = inCloud.extend<{ $test: { ofReader: undefined } }>({
  ofReader: [
    async ({ cloud }, use) => {
      database = await cloud.createDatabase(`reader-${Date.now()}`);
      await openAgain();
      await database.sql.unsafe(`
        create schema catalog;
        create table catalog.thing (id int primary key);
        insert into catalog.thing values (1), (2);
        create table catalog.guarded (id int);
        alter table catalog.guarded enable row level security;
        insert into catalog.guarded values (1);
        create table public.private (id int);`);
      await use(undefined);
      await config?.database?.close();
    },
    { auto: true },
  ],
});

/** The resource in a session of its own, as a provider that is started again. */
export async function openAgain(): Promise<void> {
  await config?.database?.close();
  config = configurationOf(database);
  role = new Driven(readerRole, config);
}

export const program = (more = {}) => ({ projectRef: database.ref, connectionLimit: 5, ...more });

export const login = (state = role.state) => database.connect({ user: state.user, password: state.password });
