/** Longer lists and objects are broken up, one item a line. */
const MAX_LINE = 200;

/**
 * Writes plain JSON in the way that people can read its diff: a list or an object that fits into a line is on one line, and each
 * item of any other has a line of its own.
 */
export function layOut(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent} `;
  const items = Array.isArray(value)
    ? value.map((item) => layOut(item, inner))
    : Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${layOut(item, inner)}`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return fitsIntoLine(items, indent)
    ? `${open}${items.join(', ')}${close}`
    : `${open}\n${inner}${items.join(`,\n${inner}`)}\n${indent}${close}`;
}

/** An item that is broken up has line breaks. JSON has none inside strings. */
function fitsIntoLine(items: readonly string[], indent: string): boolean {
  const length = items.reduce((sum, item) => sum + item.length + ', '.length, indent.length);
  return length <= MAX_LINE && !items.some((item) => item.includes('\n'));
}
