/** Headers of an answer as they may be: undici gives a header that came twice as a list, whatever its name. */

/** The headers of an answer, or of a request; names are lower case. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The first value of a header of which there should be one; the empty string when there is none. */
export function firstValue(headers: Headers, name: string): string {
  const value = headers[name];
  return (typeof value === 'string' ? value : (value?.[0] ?? '')).trim();
}

/** The elements of a header that is a list, in order (RFC 9110, section 5.6.1): over all its lines, split at commas. */
export function listValue(headers: Headers, name: string): string[] {
  return listOf(headers[name]);
}

export function listOf(value: string | readonly string[] | undefined): string[] {
  const lines = typeof value === 'string' ? [value] : (value ?? []);
  return lines
    .flatMap((line) => line.split(','))
    .map((element) => element.trim())
    .filter(Boolean);
}
