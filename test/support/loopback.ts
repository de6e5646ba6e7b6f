// Run before each test file: what would lead a test to another machine is not there. The tests provision for real, so a
// caller's token or connection string must never reach them.
const REMOTE = [
  "SUPABASE_ACCESS_TOKEN",
  "SUPABASE_API_ENDPOINT",
  "SUPABASE_DB_PASSWORD",
  "PULUMI_BACKEND_URL",
  "PULUMI_ACCESS_TOKEN",
  "PULUMI_CONFIG_PASSPHRASE",
  "PULUMI_CONFIG_PASSPHRASE_FILE",
  "PULUMI_STACK",
  "DATABASE_URL",
  "DIRECT_URL",
  "PGHOST",
  "PGHOSTADDR",
  "PGSERVICE",
  "PGPASSWORD",
  "PGUSER",
  "PGDATABASE",
  "PGPORT",
];
for (const name of REMOTE) delete process.env[name];
