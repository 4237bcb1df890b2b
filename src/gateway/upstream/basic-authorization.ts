/** User name and password, as httpx sends those of a URL (RFC 7617, in UTF-8). */
import { unescape as percentDecoded } from 'node:querystring';

export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** The authorization that a URL brings with it; undefined when it has neither a user name nor a password. */
export function basicAuthorization({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  return basic(percentDecoded(username), percentDecoded(password));
}
