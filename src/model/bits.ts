/** Lists of yes and no as short texts: a bit for each, the first one in the lowest bit of the first byte, in base64. */

/** Empty when there is no yes. */
export function bitsOf(values: readonly boolean[]): string {
  if (!values.includes(true)) return '';
  const bytes = Buffer.alloc(Math.ceil(values.length / 8));
  for (const [at, value] of values.entries())
    if (value) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (1 << (at & 7));
  return bytes.toString('base64');
}

/** @returns whether the value at a position, from 0, is yes */
export function bitReader(text: string): (at: number) => boolean {
  const bytes = Buffer.from(text, 'base64');
  return (at) => (((bytes[at >> 3] ?? 0) >> (at & 7)) & 1) === 1;
}
