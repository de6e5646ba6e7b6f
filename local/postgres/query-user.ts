/** What the Management API's own login is called in projects made from now on. */
export const QUERY_USER = "supabase_local_query";
/** What it was called before: the name that login roles bear now. */
export const EARLIER_QUERY_USER = "cli_login_postgres";
