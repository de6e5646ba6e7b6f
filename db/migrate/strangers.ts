/**
 * SQL that ends the sessions which hold an advisory lock, or wait for it, and whose role may not change this database:
 * any login may take any key, and one that only reads has no use for this. It answers a row for each. Roles that may
 * create objects here, and members of the role that asks, are left: they run what the lock is for.
 * @param key the lock, as an SQL expression of type bigint
 * @param unless SQL condition on `a.usesysid` for further roles that are left
 */
export function endStrangersSql(key: string, unless = "false"): string {
  return (
    "select pg_catalog.pg_terminate_backend(a.pid), a.usename from pg_catalog.pg_stat_activity a " +
    `where a.pid in (select l.pid from pg_catalog.pg_locks l where ${isKey(key)}) and ${isStranger(unless)} ` +
    "and (pg_catalog.pg_has_role(a.usesysid, 'USAGE') or pg_catalog.pg_has_role('pg_signal_backend', 'USAGE'))"
  );
}

/** SQL condition: the lock `l` is the one with this key, in this database. */
export function isKey(key: string): string {
  return (
    "l.locktype = 'advisory' and l.objsubid = 1 " +
    "and l.database = (select oid from pg_catalog.pg_database where datname = current_database()) " +
    `and ((l.classid::bigint << 32) | l.objid::bigint) = ${key}`
  );
}

/** SQL condition: the role of the session `a` may not change this database. */
export function isStranger(unless = "false"): string {
  return (
    "not pg_catalog.pg_has_role(a.usesysid, current_user, 'MEMBER') " +
    `and not pg_catalog.has_database_privilege(a.usesysid, current_database(), 'CREATE') and not coalesce(${unless}, false)`
  );
}
