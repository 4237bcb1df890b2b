/** Reads what Python's `json` writes: JSON, in which `NaN`, `Infinity` and `-Infinity` may occur. */

const QUOTE = 34;
const BACKSLASH = 92;
const CONSTANTS = ['NaN', 'Infinity', '-Infinity'];

/** The constants become strings of that name. @returns undefined for a text that is not JSON */
export function parsePythonJson(text: string): unknown {
  return parsed(text) ?? parsed(withQuotedConstants(text));
}

function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @returns undefined when the text has none outside its strings */
function withQuotedConstants(text: string): string | undefined {
  let quoted = '';
  let copied = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isInString) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) isInString = false;
    } else if (code === QUOTE) isInString = true;
    else {
      const constant = CONSTANTS.find((each) => code === each.charCodeAt(0) && text.startsWith(each, at));
      if (constant === undefined) continue;
      quoted += `${text.slice(copied, at)}"${constant}"`;
      copied = at + constant.length;
      at = copied - 1;
    }
  }
  return copied === 0 ? undefined : quoted + text.slice(copied);
}
