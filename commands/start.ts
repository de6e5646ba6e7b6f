import { Reporter } from "../engine/reporter.ts";
import { Clock } from "./frame/clock.ts";
import { runCommand } from "./frame/command.ts";

const next = `
What to try next
  npm start                             again: it converges and says "no changes"
  npm run env -- preview                write .env for an application
  npm run preview -- preview --refresh  what does not match, without changing anything
  npm run destroy -- preview            remove Preview
  npm run local -- stop                 stop the local cloud (data stays)`;

void runCommand(
  {
    name: "start",
    usage: `Brings up Production and Preview in the local cloud, with a sample catalog, and searches it from Preview.
Run again, it converges.

Usage: npm start`,
    exits: { refused: "refused", busy: "another process works on a stack" },
  },
  async ({ print }) => {
    const { start } = await import("../operations/start/start.ts");
    const reporter = new Reporter({ write: print, colours: process.stdout.isTTY && !process.env.NO_COLOR });
    const clock = new Clock(print);
    try {
      const { changed, lines } = await start({
        say: print,
        reporter,
        step: (name, work) => clock.run(name, work),
      });
      print("");
      for (const line of lines) print(line);
      for (const line of clock.lines()) print(line);
      if (!changed) print("\nBoth environments are as declared: no changes.");
      print(next);
      return "done";
    } finally {
      reporter.close();
    }
  },
);
