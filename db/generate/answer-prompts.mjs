import { PassThrough } from "node:stream";

// Loaded before drizzle-kit, which asks on a terminal only: stands in for the terminal and picks the lines that RENAME_ANSWERS
// names, a JSON object of drizzle-kit's own words for what is new ("emblem_url column in cruise_lines table") and old names.

const answers = JSON.parse(process.env.RENAME_ANSWERS ?? "{}");
const keyboard = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => keyboard });
Object.defineProperty(process, "stdin", { value: keyboard });
Object.defineProperty(process.stdout, "isTTY", { value: true });

const write = process.stdout.write.bind(process.stdout);
const colours = new RegExp(String.raw`${String.fromCharCode(27)}\[[0-9;?]*[A-Za-z]`, "g");
let asked;

process.stdout.write = (chunk, ...rest) => {
  const text = String(chunk).replaceAll(colours, "");
  const question = /^Is (.+) created or renamed from another \S+\?$/m.exec(text)?.[1];
  if (question === undefined) return write(chunk, ...rest);
  // The same question is written again after each key.
  if (question !== asked) {
    asked = question;
    setImmediate(() => answer(question, text));
  }
  return true;
};

function answer(question, text) {
  const lines = text.split("\n").filter((line) => /^(?:\u276F| ) [+~] /.test(line));
  const from = answers[question];
  const wanted = from === undefined ? 0 : lines.findIndex((line) => line.slice(4).startsWith(`${from} \u203A `));
  if (wanted === -1 || lines.length === 0) {
    process.stderr.write(
      `drizzle-kit asks in a way that is not known here; run npm run db:generate on a terminal. It asks: ${text}\n`,
    );
    process.exit(1);
  }
  for (let down = 0; down < wanted; down++) keyboard.emit("keypress", undefined, { name: "down" });
  keyboard.emit("keypress", undefined, { name: "return" });
}
