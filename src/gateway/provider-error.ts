/** What a provider says of a request that it refused: OpenAI's `{"error": {…}}`, Anthropic's, and what resembles them. */
export interface ProviderError {
  readonly status: number;
  /** `insufficient_quota`, `model_not_found`, …; empty when the provider gives none. */
  readonly code: string;
  readonly type: string;
  /** The request parameter that is at fault. */
  readonly param: string;
  /** In the provider's words, one line. */
  readonly message: string;
}

/** @param secrets what the provider may repeat, and nobody is to read: the keys of the request */
export function readProviderError(
  status: number,
  body: Buffer,
  secrets: readonly string[] = [],
): ProviderError {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    value = undefined;
  }
  const outer = isObject(value) ? value : {};
  const error = isObject(outer.error) ? outer.error : outer;
  const hidden = (words: string) => secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), words);
  const text = (name: string) => (typeof error[name] === 'string' ? hidden(error[name]) : '');
  const message =
    text('message') || hidden(typeof outer.error === 'string' ? outer.error : body.toString('utf8', 0, 8000));
  return {
    status,
    code: text('code'),
    type: text('type'),
    param: text('param'),
    message: message
      .replace(/[\s\p{Cc}]+/gu, ' ')
      .trim()
      .slice(0, 500),
  };
}

/**
 * Whether no retry can mend it: no quota, no credit, a key that is invalid or may not, a model that is not there. Going on
 * would only wait, or spend on evals that cannot end well.
 */
export function isRefusal({ status, code, type, message }: ProviderError): boolean {
  if (status === 401 || status === 403) return true;
  if (status === 402) return true;
  if (status === 429) return /insufficient_quota|billing/.test(`${code} ${type}`);
  // Azure's word for a model is a deployment.
  if (status === 404)
    return /^(model_not_found|DeploymentNotFound)$/.test(code) || /\bmodel\b/i.test(`${type} ${message}`);
  return (
    status === 400 && (code === 'billing_hard_limit_reached' || /credit balance is too low/i.test(message))
  );
}

/** Whether the same request may well succeed in a while. */
export function isTransient(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

export function describeProviderError({ status, code, type, message }: ProviderError): string {
  const name = code || type;
  return `${status}${name ? ` ${name}` : ''}${message ? `: ${message}` : ''}`;
}

/** The keys that the headers of a request hold. */
export function keysIn(headers: Readonly<Record<string, string | readonly string[]>>): string[] {
  return ['authorization', 'x-api-key', 'api-key']
    .flatMap((name) => headers[name] ?? [])
    .map((value) => value.replace(/^(Bearer|Basic)\s+/i, '').trim())
    .filter((value) => value.length >= 4);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
