/**
 * Parses a JSON text that others may have written.
 *
 * The size of a text does not bound the memory of its value: a megabyte of `[],[],…` takes fifty. So the characters that
 * begin a value are counted first. Those inside strings count too, which only makes the bound stricter.
 * @param most values that the text may have
 * @throws SyntaxError when the text is not JSON, or has more values
 */
export function parseBoundedJson(text: string, most: number): unknown {
  if (!hasAtMost(text, most)) throw new SyntaxError(`more than ${most} values`);
  return JSON.parse(text);
}

export function hasAtMost(text: string, most: number): boolean {
  // Most texts are short, such as a line.
  if (text.length <= most) return true;
  let values = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code === COLON || code === BRACKET || code === BRACE) values += 1;
    if (values > most) return false;
  }
  return true;
}

const [COMMA, COLON, BRACKET, BRACE] = [...',:[{'].map((it) => it.charCodeAt(0));
