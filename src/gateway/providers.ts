import { ActionError, oneError } from '../errors.ts';
import { shareChanged } from '../model/similar-names.ts';
import { firstInvisible } from '../text.ts';

/** The APIs whose clients read their base URL from an environment variable. */
export const PROVIDERS = {
  openai: { variable: 'OPENAI_BASE_URL', base: 'https://api.openai.com/v1' },
  anthropic: { variable: 'ANTHROPIC_BASE_URL', base: 'https://api.anthropic.com' },
} as const;

export type Provider = keyof typeof PROVIDERS;
export type ProviderUrls = Readonly<Record<Provider, URL>>;

/**
 * The base URL of each provider: the user's setting, or the provider's own.
 *
 * @param notice called with a sentence about each setting that is not used exactly as it was written
 * @throws ActionError INPUT_INVALID, for both if both are wrong
 */
export function providerUrls(
  env: NodeJS.ProcessEnv,
  notice: (message: string) => void = () => {},
): ProviderUrls {
  const urls = { openai: urlOf('openai', env, notice), anthropic: urlOf('anthropic', env, notice) };
  const { openai, anthropic } = urls;
  if (openai instanceof URL && anthropic instanceof URL) return { openai, anthropic };
  throw oneError([openai, anthropic].filter((each) => each instanceof ActionError));
}

/** The variables that are set, without surrounding white space: Python's clients fail on a line break. */
export function trimmedBaseUrls(env: NodeJS.ProcessEnv): Record<string, string> {
  const variables = Object.values(PROVIDERS).map(({ variable }) => variable);
  return Object.fromEntries(
    variables.flatMap((variable) => (env[variable] === undefined ? [] : [[variable, env[variable].trim()]])),
  );
}

/**
 * The address of a request: the provider's base URL, followed by what the client appended to the base URL that it was given.
 * A query of the base URL (`?api-version=…`) is added to each request, except for names that the request sets itself.
 *
 * @param rest path and query, as in the request line
 */
export function requestUrl(base: URL, rest: string): URL {
  const url = new URL(base);
  const [path = '', query = ''] = splitOnce(rest, '?');
  url.hash = '';
  url.pathname = `${base.pathname.replace(/\/+$/, '')}${path}`;
  if (base.search === '') {
    url.search = query;
    return url;
  }
  const own = new Set(new URLSearchParams(query).keys());
  const fromBase = base.search
    .slice(1)
    .split('&')
    .filter((pair) => !own.has([...new URLSearchParams(pair).keys()][0] ?? ''));
  url.search = [...fromBase, query].filter(Boolean).join('&');
  return url;
}

function urlOf(
  provider: Provider,
  env: NodeJS.ProcessEnv,
  notice: (message: string) => void,
): URL | ActionError {
  const { variable, base } = PROVIDERS[provider];
  const given = env[variable] ?? '';
  const text = given.trim();
  if (text !== given) {
    notice(
      text === ''
        ? `The environment variable ${variable} is blank, so ${base} is used.`
        : `The environment variable ${variable} starts or ends with white space, which is ignored.`,
    );
  }
  const fault = text === '' ? undefined : (whyInvalid(text) ?? whyWrong(new URL(text), base));
  if (fault === undefined) return new URL(text || base);
  return new ActionError(
    'INPUT_INVALID',
    `The environment variable ${variable} is ${JSON.stringify(withoutSecrets(text))}, ${fault}.`,
    `Set it to the base URL of the API, such as ${ENDPOINT.test(text) ? withoutSecrets(text.replace(ENDPOINT, '')) : base}, or remove it.`,
  );
}

/** Why this is not the base URL of an API, as a relative clause; undefined when it is. */
function whyInvalid(text: string): string | undefined {
  if (/^(["'`]).*\1$/s.test(text)) return 'which is in quotation marks';
  // The URL parser drops line breaks, tabs and other invisible characters, and would yield a different host.
  const invisible = firstInvisible(text);
  if (invisible !== undefined) return `which contains the invisible character ${invisible}`;
  if (!/^https?:\/\//i.test(text)) return 'which does not begin with http:// or https://';
  if (!URL.canParse(text))
    return 'which is not a valid URL (special characters in a user name or password must be percent-encoded)';
  return undefined;
}

/** What clients append to the base URL. */
const ENDPOINT = /\/((chat\/)?completions|responses|embeddings|moderations|models|messages)\/?$/;

/** At most this many letters differ between the host of a provider and a misspelt one. */
const MAX_LETTERS_CHANGED = 2;

/** Why no request to this URL can succeed, as a relative clause; undefined when one might. */
function whyWrong(url: URL, base: string): string | undefined {
  const endpoint = ENDPOINT.exec(url.pathname)?.[0];
  if (endpoint) return `which ends with ${endpoint}, but clients append that themselves`;
  const usual = new URL(base);
  const path = url.pathname.replace(/\/+$/, '');
  const usualPath = usual.pathname.replace(/\/+$/, '');
  if (url.host === usual.host && url.protocol !== usual.protocol)
    return `whose scheme is ${url.protocol}//, which would send your key without encryption`;
  if (url.host === usual.host)
    return path === usualPath ? undefined : `whose path should be ${usualPath || 'empty'}`;
  const changed = shareChanged(url.host, usual.host) * Math.max(url.host.length, usual.host.length);
  return changed <= MAX_LETTERS_CHANGED ? `which misspells ${usual.host}` : undefined;
}

/** The given text, without anything that could be a password or a key. */
function withoutSecrets(text: string): string {
  if (/^[\w-]{20,}$/.test(text)) return '***';
  return text.replace(/^([a-z]+:\/\/)?.*@/is, '$1***@').replace(/\?.*/s, '?***');
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}
