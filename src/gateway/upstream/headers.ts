/** The headers of a request or a response; names are lower case. undici gives a header that occurs twice as a list. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The value of a header that should occur once: the first one, or the empty string. */
export function firstValue(headers: Headers, name: string): string {
  const value = headers[name];
  return (typeof value === 'string' ? value : (value?.[0] ?? '')).trim();
}

/** The elements of a header that is a list (RFC 9110, section 5.6.1), in order: over all its lines, split at commas. */
export function listElements(value: string | readonly string[] | undefined): string[] {
  const lines = typeof value === 'string' ? [value] : (value ?? []);
  return lines
    .flatMap((line) => line.split(','))
    .map((element) => element.trim())
    .filter(Boolean);
}
