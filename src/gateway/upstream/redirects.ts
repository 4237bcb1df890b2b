/**
 * Follows redirects of the API as httpx does for the openai client, but only on the host that the user configured: key and
 * prompt go nowhere else. When a redirect leads to another host, or the API refuses a request that lost its body or its key
 * in a redirect, the failure says what to set instead.
 */
import { PROVIDERS, type Provider, type ProviderUrls } from '../providers.ts';
import { firstValue } from './headers.ts';
import { TransportError } from './transport-failure.ts';
import type { Send, UpstreamRequest, UpstreamResponse } from './upstream-types.ts';

/** As in httpx. */
const MAX_REDIRECTS = 20;

const REDIRECT_STATUSES = new Set([301, 302, 303, 307, 308]);

/** A redirect has a page of a few hundred bytes. Reading it to its end keeps the connection open for the next request. */
const MAX_PAGE_BYTES = 64 * 1024;

/** Headers that authenticate a request, those of Anthropic and Azure included. */
const CREDENTIALS = new Set(['authorization', 'x-api-key', 'api-key', 'cookie']);

/** Headers that describe a body. */
const BODY_HEADERS = new Set(['content-length', 'content-type', 'content-encoding', 'transfer-encoding']);

/** @param urls base URLs; a failure names the one to change */
export function followRedirects(send: Send, urls?: ProviderUrls): Send {
  return async (first) => {
    let request = first;
    for (let followed = 0; ; followed += 1) {
      const response = await send(request);
      const location = REDIRECT_STATUSES.has(response.status) ? firstValue(response.headers, 'location') : '';
      if (location === '') {
        if (hasLostParts(first, request) && isRefusal(response.status)) {
          await discard(response);
          throw refusedAfter(first, request, response.status, urls);
        }
        return response;
      }
      await discard(response);
      const target = targetOf(request, response.status, location);
      const fault =
        whyNotFollowed(request.url, target) ?? (followed >= MAX_REDIRECTS ? 'in a circle' : undefined);
      if (fault) throw notFollowed(first, response.status, target, fault, urls);
      request = redirected(request, response.status, target);
    }
  };
}

function targetOf({ url }: UpstreamRequest, status: number, location: string): URL {
  if (!URL.canParse(location, url.href)) {
    throw new TransportError({
      why: `the API redirected the request (${status}) to an invalid address`,
      permanent: true,
      advice: 'Check the base URL, and any proxy or gateway in front of the API.',
    });
  }
  const target = new URL(location, url);
  target.username = '';
  target.password = '';
  return target;
}

/** Why a redirect is not followed; undefined when it may be. */
function whyNotFollowed(from: URL, to: URL): string | undefined {
  if (!/^https?:$/.test(to.protocol)) return 'to an address that is neither http nor https';
  if (from.hostname !== to.hostname) return 'to another host';
  // A request that was sent encrypted is not repeated unencrypted.
  if (from.protocol === 'https:' && to.protocol === 'http:') return 'to an address without encryption';
  return undefined;
}

function redirected(request: UpstreamRequest, status: number, url: URL): UpstreamRequest {
  const method = methodAfter(request.method, status);
  const dropped = new Set([
    ...(keepsCredentials(request.url, url) ? [] : CREDENTIALS),
    ...(method === request.method ? [] : BODY_HEADERS),
  ]);
  return {
    method,
    url,
    headers: Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => !dropped.has(name.toLowerCase())),
    ),
    body: method === request.method ? request.body : Buffer.alloc(0),
  };
}

/** 307 and 308 repeat the request. After the older ones, browsers send a GET, and all clients imitate them. */
function methodAfter(method: string, status: number): string {
  if (method === 'HEAD') return method;
  if (status === 303 || status === 302) return 'GET';
  return status === 301 && method === 'POST' ? 'GET' : method;
}

/**
 * Whether the redirect stays on the same server, or goes from http to https on the default ports. Another port may belong to
 * another program.
 */
function keepsCredentials(from: URL, to: URL): boolean {
  if (from.origin === to.origin) return true;
  const ports = `${from.protocol}${from.port} ${to.protocol}${to.port}`;
  return from.hostname === to.hostname && ports === 'http: https:';
}

function hasLostParts(first: UpstreamRequest, last: UpstreamRequest): boolean {
  const credentials = ({ headers }: UpstreamRequest) =>
    Object.keys(headers).filter((name) => CREDENTIALS.has(name.toLowerCase())).length;
  return first.method !== last.method || credentials(first) !== credentials(last);
}

/** Whether a status may mean that the body or the key is missing. A rate limit does not. */
const isRefusal = (status: number): boolean =>
  status >= 400 && status < 500 && ![408, 425, 429].includes(status);

async function discard({ body }: UpstreamResponse): Promise<void> {
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > MAX_PAGE_BYTES) break;
    }
  } catch {
    // The page is not used, so it does not matter that it broke off.
  }
}

function notFollowed(
  first: UpstreamRequest,
  status: number,
  target: URL,
  where: string,
  urls: ProviderUrls | undefined,
): TransportError {
  const loop = where === 'in a circle';
  return new TransportError({
    why: loop
      ? `the API redirected the request more than ${MAX_REDIRECTS} times, last to ${shown(target)}`
      : `the API redirected the request (${status}) ${where}: from ${shown(first.url)} to ${shown(target)}. The redirect was not followed, so that the key and the prompt do not reach an address that you did not configure`,
    permanent: true,
    advice: loop
      ? 'Check the base URL, and any proxy or gateway in front of the API.'
      : adviceFor(first.url, target, urls),
  });
}

function refusedAfter(
  first: UpstreamRequest,
  last: UpstreamRequest,
  status: number,
  urls: ProviderUrls | undefined,
): TransportError {
  const lost =
    first.method === last.method
      ? 'without the key, as clients do for another port,'
      : `as ${last.method} and without its body, as clients do for this kind of redirect,`;
  return new TransportError({
    why: `the API redirected the request from ${shown(first.url)} to ${shown(last.url)}. The request was sent there ${lost} and was refused (${status})`,
    permanent: true,
    advice: adviceFor(first.url, last.url, urls),
  });
}

/** Which variable to set, and its value: the target without the part of the path that the client appends to its base URL. */
function adviceFor(requested: URL, target: URL, urls: ProviderUrls | undefined): string {
  for (const [provider, base] of Object.entries(urls ?? {})) {
    const path = base.pathname.replace(/\/+$/, '');
    if (requested.host !== base.host || !requested.pathname.startsWith(`${path}/`)) continue;
    const rest = requested.pathname.slice(path.length);
    const variable = PROVIDERS[provider as Provider].variable;
    const end = target.pathname.replace(/\/+$/, '');
    if (!end.endsWith(rest)) break;
    return `If that address is correct, set ${variable} to ${target.origin}${end.slice(0, -rest.length)}.`;
  }
  return `If that address is correct, set the base URL (OPENAI_BASE_URL or ANTHROPIC_BASE_URL) so that requests go there: ${shown(target)}.`;
}

/** The address without its query, which may contain a key. */
const shown = (url: URL): string => `${url.origin}${url.pathname}`;
