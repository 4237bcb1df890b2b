/**
 * Redirects of the API, as httpx follows them for the openai client, but only on the host that the user named: a key and
 * a prompt go nowhere else. Where a redirect leads to another host, and where it cost the request its body or its key and
 * the API then refused it, the failure says what to set instead.
 */

import { PROVIDERS, type Provider, type ProviderUrls } from '../providers.ts';
import { firstValue } from './headers.ts';
import { TransportError } from './transport-failure.ts';
import type { Send, UpstreamRequest, UpstreamResponse } from './upstream-types.ts';

/** As httpx. */
const MOST_REDIRECTS = 20;

const STATUSES = new Set([301, 302, 303, 307, 308]);

/** A redirect has a page of a few hundred bytes. Read to its end it leaves the connection open for the next request. */
const MOST_PAGE = 64 * 1024;

/** Headers that say who asks, besides `authorization`: those of Anthropic and Azure, and what a server set itself. */
const CREDENTIALS = new Set(['authorization', 'x-api-key', 'api-key', 'cookie']);

/** Headers about a body. */
const ABOUT_THE_BODY = new Set(['content-length', 'content-type', 'content-encoding', 'transfer-encoding']);

/** @param urls base URLs, of which the message names the one to change */
export function followRedirects(send: Send, urls?: ProviderUrls): Send {
  return async (first) => {
    let request = first;
    for (let followed = 0; ; followed += 1) {
      const response = await send(request);
      const location = STATUSES.has(response.status) ? firstValue(response.headers, 'location') : '';
      if (location === '') {
        if (lostOnTheWay(first, request) && isRefusal(response.status)) {
          await discard(response);
          throw refusedAfter(first, request, response.status, urls);
        }
        return response;
      }
      await discard(response);
      const target = targetOf(request, response.status, location);
      const fault = faultOf(request.url, target) ?? (followed >= MOST_REDIRECTS ? 'in a circle' : undefined);
      if (fault) throw leadsAway(first, response.status, target, fault, urls);
      request = redirected(request, response.status, target);
    }
  };
}

function targetOf({ url }: UpstreamRequest, status: number, location: string): URL {
  if (!URL.canParse(location, url.href)) {
    throw new TransportError({
      why: `the API redirected the request (${status}) to what is not an address`,
      permanent: true,
      advice: 'Check what stands in front of the API, and the base URL.',
    });
  }
  const target = new URL(location, url);
  target.username = '';
  target.password = '';
  return target;
}

/** Why a redirect is not followed; undefined when it may be. */
function faultOf(from: URL, to: URL): string | undefined {
  if (!/^https?:$/.test(to.protocol)) return 'to what is neither http nor https';
  if (from.hostname !== to.hostname) return 'to another host';
  // What was asked for under encryption is not sent without.
  if (from.protocol === 'https:' && to.protocol === 'http:') return 'to an address without encryption';
  return undefined;
}

function redirected(request: UpstreamRequest, status: number, url: URL): UpstreamRequest {
  const method = methodAfter(request.method, status);
  const left = new Set([
    ...(keepsCredentials(request.url, url) ? [] : CREDENTIALS),
    ...(method === request.method ? [] : ABOUT_THE_BODY),
  ]);
  return {
    method,
    url,
    headers: Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => !left.has(name.toLowerCase())),
    ),
    body: method === request.method ? request.body : Buffer.alloc(0),
  };
}

/** 307 and 308 repeat the request. The older ones became GET in browsers, and all clients do as those do. */
function methodAfter(method: string, status: number): string {
  if (method === 'HEAD') return method;
  if (status === 303 || status === 302) return 'GET';
  return status === 301 && method === 'POST' ? 'GET' : method;
}

/** For the same server, and for the usual step from http to https; another port may be another program's. */
function keepsCredentials(from: URL, to: URL): boolean {
  if (from.origin === to.origin) return true;
  const ports = `${from.protocol}${from.port} ${to.protocol}${to.port}`;
  return from.hostname === to.hostname && ports === 'http: https:';
}

function lostOnTheWay(first: UpstreamRequest, last: UpstreamRequest): boolean {
  const credentials = ({ headers }: UpstreamRequest) =>
    Object.keys(headers).filter((name) => CREDENTIALS.has(name.toLowerCase())).length;
  return first.method !== last.method || credentials(first) !== credentials(last);
}

/** What the API says when it misses the body or the key; not a limit, which a wait helps. */
const isRefusal = (status: number): boolean =>
  status >= 400 && status < 500 && ![408, 425, 429].includes(status);

async function discard({ body }: UpstreamResponse): Promise<void> {
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > MOST_PAGE) break;
    }
  } catch {
    // It is not used, so it does not matter where it breaks off.
  }
}

function leadsAway(
  first: UpstreamRequest,
  status: number,
  target: URL,
  where: string,
  urls: ProviderUrls | undefined,
): TransportError {
  const loop = where === 'in a circle';
  return new TransportError({
    why: loop
      ? `the API redirected the request more than ${MOST_REDIRECTS} times, last to ${shown(target)}`
      : `the API redirected the request (${status}) ${where}: from ${shown(first.url)} to ${shown(target)}. It was not followed there, so that neither key nor prompt reaches an address that was not set`,
    permanent: true,
    advice: loop
      ? 'Check what stands in front of the API, and the base URL.'
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
      ? 'without the key, as clients do for another port'
      : `as ${last.method} and without its body, as clients do for this kind of redirect`;
  return new TransportError({
    why: `the API redirected the request from ${shown(first.url)} to ${shown(last.url)}. It was sent there ${lost}, and refused (${status})`,
    permanent: true,
    advice: adviceFor(first.url, last.url, urls),
  });
}

/** Which variable to set, and to what: the target without the part of the path that the client adds to its base URL. */
function adviceFor(asked: URL, target: URL, urls: ProviderUrls | undefined): string {
  for (const [provider, base] of Object.entries(urls ?? {})) {
    const path = base.pathname.replace(/\/+$/, '');
    if (asked.host !== base.host || !asked.pathname.startsWith(`${path}/`)) continue;
    const rest = asked.pathname.slice(path.length);
    const variable = PROVIDERS[provider as Provider].variable;
    const end = target.pathname.replace(/\/+$/, '');
    if (!end.endsWith(rest)) break;
    return `If that address is right, set ${variable} to ${target.origin}${end.slice(0, -rest.length)}.`;
  }
  return `If that address is right, set the base URL (OPENAI_BASE_URL or ANTHROPIC_BASE_URL) so that requests go there: ${shown(target)}.`;
}

/** Where it is, without a query, which may hold a key. */
const shown = (url: URL): string => `${url.origin}${url.pathname}`;
