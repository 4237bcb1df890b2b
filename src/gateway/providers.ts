import { ActionError } from '../errors.ts';

/** The APIs whose clients can be led to another base URL by a variable. */
export const PROVIDERS = {
  openai: { variable: 'OPENAI_BASE_URL', base: 'https://api.openai.com/v1' },
  anthropic: { variable: 'ANTHROPIC_BASE_URL', base: 'https://api.anthropic.com' },
} as const;

export type Provider = keyof typeof PROVIDERS;
export type ProviderUrls = Readonly<Record<Provider, URL>>;

/** Where each provider is: what the user set, or the provider's own. @throws ActionError INPUT_INVALID */
export function providerUrls(env: NodeJS.ProcessEnv): ProviderUrls {
  return { openai: urlOf('openai', env), anthropic: urlOf('anthropic', env) };
}

function urlOf(provider: Provider, env: NodeJS.ProcessEnv): URL {
  const { variable, base } = PROVIDERS[provider];
  const text = env[variable] || base;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new ActionError(
    'INPUT_INVALID',
    `The environment variable ${variable} is ${JSON.stringify(text)}, which is not an http or https URL.`,
    `Set it to the base URL of the API, such as ${base}, or remove it.`,
  );
}
