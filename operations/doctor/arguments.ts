/** The command, as its help names it. */
export const command = {
  name: "doctor",
  summary: `Looks at everything an environment needs, changes nothing in it, and says what to do.
Without STACK: this machine and, where SUPABASE_ACCESS_TOKEN is set, the token.
Exit code: 0 nothing to do, 8 warnings, 1 errors.`,
} as const;
