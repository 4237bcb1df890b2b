/**
 * The value of a JSON text that someone else may have written.
 *
 * The size of a text does not bound the memory that its value takes: a megabyte of `[],[],…` takes fifty. So what makes a
 * value is counted first, in texts of strings as well: that only makes the bound a little lower.
 * @param most values that the text may hold
 * @throws SyntaxError when it is no JSON, or holds more
 */
export function parseBoundedJson(text: string, most: number): unknown {
  if (!holdsAtMost(text, most)) throw new SyntaxError(`more than ${most} values`);
  return JSON.parse(text);
}

export function holdsAtMost(text: string, most: number): boolean {
  let values = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code === COLON || code === BRACKET || code === BRACE) values += 1;
    if (values > most) return false;
  }
  return true;
}

const [COMMA, COLON, BRACKET, BRACE] = [...',:[{'].map((it) => it.charCodeAt(0));
