/** What may be said yes to: the switches of the catalog, as `FROM-to-TO`, that drop rows. */
export const ROW_DROPPING_SWITCHES = ["local-to-foreign", "snapshot-to-foreign", "local-to-snapshot"] as const;
