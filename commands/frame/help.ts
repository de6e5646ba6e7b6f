/** Prints `text` and ends the process where the command line asks for help; before anything large is loaded. */
export function helpIfAsked(text: string, argv: readonly string[] = process.argv.slice(2)): void {
  if (!isHelpAsked(argv)) return;
  process.stdout.write(`${text}\n`);
  process.exit(0);
}

/** True for `-h` or `--help` anywhere. */
export function isHelpAsked(argv: readonly string[] = process.argv.slice(2)): boolean {
  return argv.includes("--help") || argv.includes("-h");
}
