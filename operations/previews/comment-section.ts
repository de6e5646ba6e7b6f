/** A titled part of the comment. */
export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
  /** Language of a fenced block. */
  readonly code?: string;
  /** Where lines have to go, the last ones stay as well: they say what to do next. */
  readonly keepsEnd?: boolean;
}

/** Bytes of a text, as GitHub counts them. */
export const size = (text: string): number => Buffer.byteLength(text);

/** A section with all of its lines. */
export function renderWhole(section: Section): string {
  return render(section, section.lines);
}

function render({ title, code: language }: Section, lines: readonly string[]): string {
  const body = language
    ? [`\`\`\`\`${language}`, ...lines.map((line) => line.replaceAll("````", "'```")), "````"]
    : lines;
  return `\n\n#### ${title}\n\n${body.join("\n")}`;
}

/** Gives every section its share of the room, in order: what one does not need is for the next. Cuts whole lines. */
export function shorten(
  sections: readonly Section[],
  { room, rest }: { readonly room: number; readonly rest: string },
): string {
  let text = "";
  for (const [index, section] of sections.entries()) {
    const share = Math.floor((room - size(text)) / (sections.length - index));
    text += fitted(section, share, rest);
  }
  return text;
}

function fitted(section: Section, share: number, rest: string): string {
  let kept = section.lines.length;
  let text = renderWhole(section);
  while (size(text) > share && kept > 0) {
    kept = Math.floor(kept * 0.9);
    text = render(section, cut(section, kept, rest));
  }
  return size(text) <= share ? text : "";
}

function cut({ lines, keepsEnd }: Section, kept: number, rest: string): string[] {
  const left = `... ${lines.length - kept} more lines: ${rest}`;
  const ends = keepsEnd ? Math.ceil(kept * 0.7) : 0;
  return [...lines.slice(0, kept - ends), left, ...lines.slice(lines.length - ends)];
}
