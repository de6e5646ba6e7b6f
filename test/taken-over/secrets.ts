/** Forms of what opens something: none of them has a place in a fixture, whatever it opened. */
const FORMS = [
  /\beyJ[\w-]{10,}/g,
  /\bsb_(?:secret|publishable)_\w+/g,
  /\bsbp_\w+/g,
  /SCRAM-SHA-256\$\d+:/g,
  /\bage1[a-z0-9]{20,}/g,
  /AGE-SECRET-KEY-\w+/g,
  /-----BEGIN [A-Z ]+-----/g,
  /\bv1:[\w+/=]{8,}:[\w+/=]*/g,
  /\bpassword '(?!\{\{fixture:)[^']+/gi,
  /\\?"\w*(?:password|secretkey|servicerolekey|anonkey|identity|token)\\?": ?\\?"(?!\{\{fixture:)[^"\\]+/gi,
  /"plaintext": "\\"(?!\{\{fixture:)[^"\\]+/g,
];
const UUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;
const LONG = /[\w+/=-]{20,}/g;

/**
 * Parts of a text that open something by their form, or look as random as if they did.
 * @param harmless values that only look so, such as hashes of public files
 */
export function findSecrets(text: string, harmless: ReadonlySet<string>): string[] {
  const byForm = FORMS.flatMap((form) => [...text.matchAll(form)].map(([found]) => found));
  const long = [...text.replaceAll(UUID, "").matchAll(LONG)].map(([word]) => word);
  return [...byForm, ...long.filter((word) => !harmless.has(word) && looksRandom(word))];
}

function looksRandom(word: string): boolean {
  const mixed = /[0-9]/.test(word) && /[a-z]/.test(word) && /[A-Z]/.test(word);
  return mixed || /^(?=.*[a-f])(?=.*[0-9])[0-9a-f]+$/i.test(word);
}
