/** JSON as providers and clients send it. */

export type Fields = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value of a JSON text, which may begin with a byte order mark; undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
}

/** The bytes of a body in which its first brace has to be. */
const MAX_LEADING_BYTES = 1000;

/** The fields of the JSON body of a request; undefined when it is not a JSON object. */
export function parseFields(body: Buffer): Fields | undefined {
  // A large file must not become a string first.
  if (!/^\s*\{/.test(body.toString('latin1', 0, MAX_LEADING_BYTES))) return undefined;
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
