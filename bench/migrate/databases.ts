import type { Cluster } from "../../test/support/cluster.ts";

/** Databases copied from templates, so that each measurement starts from the same state. */
export type Databases = {
  /** Runs `fill` on a copy of `from` once and keeps it under `name` as a template. */
  template(name: string, from: string, fill: (database: string) => Promise<unknown>): Promise<string>;
  /** Runs `work` on a fresh copy and drops it. */
  copy<T>(template: string, work: (database: string) => Promise<T>): Promise<T>;
};

export function databasesOf(cluster: Cluster): Databases {
  let copies = 0;
  const known = new Set<string>();
  return {
    async template(name, from, fill) {
      if (known.has(name)) return name;
      await cluster.admin.unsafe(`create database "${name}" template "${from}"`);
      await fill(name);
      known.add(name);
      return name;
    },
    async copy(template, work) {
      const name = `copy${++copies}`;
      await cluster.admin.unsafe(`create database ${name} template "${template}"`);
      try {
        return await work(name);
      } finally {
        await cluster.admin.unsafe(`drop database ${name} with (force)`);
      }
    },
  };
}
