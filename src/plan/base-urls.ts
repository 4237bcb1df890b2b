/** The base URLs that evals send requests to. They are part of the fingerprint, because another server returns other responses. */
const DEFAULT_BASE_URL = 'https://api.openai.com/v1';

/** By provider. The port of a local server is left out, because a service of a job gets a new one in each job. */
export function baseUrls(env: NodeJS.ProcessEnv): Record<string, string> {
  return mapped(baseUrlsWithPorts(env), withoutLocalPort);
}

export function baseUrlsWithPorts(env: NodeJS.ProcessEnv): Record<string, string> {
  const urls = { openai: env.OPENAI_BASE_URL || DEFAULT_BASE_URL, anthropic: env.ANTHROPIC_BASE_URL ?? '' };
  return mapped(urls, withoutCredentials);
}

function mapped(
  urls: Readonly<Record<string, string>>,
  change: (url: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(urls).map(([name, url]) => [name, change(url)]));
}

function withoutLocalPort(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  if (!isLoopback(url.hostname)) return text;
  url.port = '';
  return withoutCredentials(url.href);
}

export function isLoopback(host: string): boolean {
  return /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]+\])$/.test(
    host.replace(/\.$/, ''),
  );
}

/** A user name or a password in a URL changes no response, and is a secret. */
export function withoutCredentials(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}${url.search}`;
}
