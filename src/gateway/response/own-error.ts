/** Errors in the gateway's own words, in the shape of OpenAI's. */

/** 424 Failed Dependency: oaieval retries 429 and 5xx indefinitely, and the OpenAI client 408 and 409, but not this one. */
export const STATUS_NOT_RETRIED = 424;

export interface OwnError {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The headers and the body of an error that no client should retry. */
export function ownError(message: string, type: string, code: string | null = null): OwnError {
  return {
    headers: { 'content-type': 'application/json', 'x-should-retry': 'false' },
    body: Buffer.from(JSON.stringify({ error: { message, type, code, param: null } })),
  };
}
