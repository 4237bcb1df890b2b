/** Basic authorization (RFC 7617, in UTF-8), as httpx sends the user name and password of a URL. */
import { unescape as percentDecoded } from 'node:querystring';

export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** The authorization header for a URL; undefined when the URL has neither a user name nor a password. */
export function basicAuthorization({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  return basic(percentDecoded(username), percentDecoded(password));
}
