/**
 * Reads the error that a provider reports, in any of the known shapes: OpenAI's `{"error": {…}}`, Anthropic's, Gemini's
 * list around it, `{"error": "…"}` (Ollama, TGI), `{"message": …}` (vLLM, Mistral, Bedrock), `{"detail": …}` (FastAPI),
 * `{"errors": […]}` (Cloudflare), or a web page.
 */
import { oneLine } from '../../text.ts';
import { type Fields, isObject, listOf, parseJson } from '../json.ts';

export interface ProviderError {
  readonly status: number;
  /** `insufficient_quota`, `model_not_found`, `API_KEY_INVALID`, …; empty when the provider gives none. */
  readonly code: string;
  readonly type: string;
  /** The request parameter that the error is about. */
  readonly param: string;
  /** The provider's message, as one line. */
  readonly message: string;
  /** All words that classify the error: code, type, status, reasons. */
  readonly words: string;
  /** Whether the body is a web page, which means that the response is not from the API. */
  readonly webPage: boolean;
  /** Whether the provider says that moderation refused the input (OpenRouter's `metadata.reasons`, `flagged_input`). */
  readonly flagged: boolean;
  /** Whether the provider gave the status; false: the gateway chose it for a failure that names none. */
  readonly namesStatus: boolean;
}

const MAX_NAME_BYTES = 100;
const MAX_MESSAGE_BYTES = 500;
/** How much of a body is searched for a message when it is not JSON. */
const MAX_TEXT_BYTES = 8000;

/** How many elements of a list are read. */
const MAX_ELEMENTS = 20;

const NO_DETAILS = {
  code: '',
  type: '',
  param: '',
  words: '',
  webPage: false,
  flagged: false,
  namesStatus: true,
} as const;

/** @param secrets text that the provider may repeat and that must not be shown: the keys of the request */
export function readProviderError(
  status: number,
  body: Buffer,
  secrets: readonly string[] = [],
): ProviderError {
  const shown = (text: string, bytes: number): string =>
    oneLine(
      secrets.reduce((words, secret) => words.replaceAll(secret, '***'), text),
      bytes,
    );
  const text = body.toString('utf8', 0, MAX_TEXT_BYTES);
  if (isWebPage(text)) {
    const title = /<title[^>]*>([^<]*)/i.exec(text)?.[1] ?? '';
    const message = `a web page instead of an API response${title === '' ? '' : `: ${title}`}`;
    return { ...NO_DETAILS, status, message: shown(message, MAX_MESSAGE_BYTES), webPage: true };
  }
  const [outer, error] = errorIn(parseJson(body.toString('utf8')));
  const name = (value: unknown) => (isName(value) ? shown(value, MAX_NAME_BYTES) : '');
  const details = firstOf(error.details).filter(isObject);
  const reason = details.map((detail) => name(detail.reason)).find((found) => found !== '') ?? '';
  const metadata = isObject(error.metadata) ? error.metadata : {};
  const code = name(error.code) || reason || name(error.status) || name(outer.code);
  const type = name(error.type) || name(outer.error_type);
  const inner = isObject(error.innererror) ? name(error.innererror.code) : '';
  const quotas = details.flatMap((detail) =>
    firstOf(detail.violations).map((violation) => (isObject(violation) ? name(violation.quotaId) : '')),
  );
  return {
    ...NO_DETAILS,
    status,
    code,
    type,
    // LiteLLM writes Python's None.
    param: error.param === 'None' ? '' : name(error.param),
    message: shown(messageIn(outer, error) || text, MAX_MESSAGE_BYTES),
    words: [code, type, reason, name(error.status), inner, ...quotas].join(' '),
    flagged: listOf(metadata.reasons).length > 0 || metadata.flagged_input !== undefined,
  };
}

/** The HTTP status that an error inside a body names, as a number or in words; undefined when it names none. */
export function statusNamedIn(body: Buffer): number | undefined {
  const [outer, error] = errorIn(parseJson(body.toString('utf8')));
  const numbers = [error.code, error.status, error.status_code, error.http_status, outer.code, outer.status];
  const named = numbers
    .map(Number)
    .find((number) => Number.isInteger(number) && number >= 400 && number <= 599);
  if (named !== undefined) return named;
  const { words, message } = readProviderError(0, body);
  const text = `${words} ${message}`;
  return STATUS_WORDS.find(([pattern]) => pattern.test(text))?.[1];
}

const STATUS_WORDS: readonly (readonly [RegExp, number])[] = [
  [/insufficient_(quota|credits?|balance|funds)|budget_exceeded|payment_required/i, 402],
  [/invalid_api_key|authentication|unauthenticated|unauthorized/i, 401],
  [/rate.?limit|too many requests|resource_exhausted|throttl/i, 429],
  [/overloaded|unavailable|capacity|timed? ?out|try again/i, 503],
  [/permission_?denied|forbidden/i, 403],
  [/model_not_found|not_found/i, 404],
  [/invalid_(request|argument|prompt)|bad.?request|context_length|content_(filter|policy)/i, 400],
];

/** Whether the same request may succeed later. */
export function isTransient(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/** `429 insufficient_quota: You exceeded your current quota` */
export function describeProviderError({ status, code, type, message }: ProviderError): string {
  const name = code || type;
  return `${status}${name ? ` ${name}` : ''}${message ? `: ${message}` : ''}`;
}

/** The keys in the headers of a request. */
export function credentialsIn(headers: Readonly<Record<string, string | readonly string[]>>): string[] {
  return ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key']
    .flatMap((name) => headers[name] ?? [])
    .map((value) => value.replace(/^(Bearer|Basic)\s+/i, '').trim())
    .filter((value) => value !== '');
}

/** The keys that are long enough to be hidden in a text without hiding ordinary words. */
export function secretsIn(headers: Readonly<Record<string, string | readonly string[]>>): string[] {
  return credentialsIn(headers).filter((value) => value.length >= 4);
}

export function isWebPage(text: string): boolean {
  return /^\ufeff?\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b/is.test(
    text.slice(0, 2000),
  );
}

/** The outermost object of a body, and the object that describes its error. */
function errorIn(value: unknown): [outer: Fields, error: Fields] {
  const outer = Array.isArray(value) ? value.find(isObject) : value;
  if (!isObject(outer)) return [{}, {}];
  const candidates = [outer.error, outer.errors, outer.detail].map((each) =>
    Array.isArray(each) ? each[0] : each,
  );
  const inner = candidates.find(isObject);
  // OpenAI's responses carry their error one level down, in streamed events.
  const response =
    isObject(outer.response) && isObject(outer.response.error) ? outer.response.error : undefined;
  return [outer, inner ?? response ?? outer];
}

function messageIn(outer: Fields, error: Fields): string {
  const values = [
    error.message,
    error.msg,
    outer.error,
    outer.detail,
    outer.message,
    outer.errors,
    error.detail,
  ];
  return values.find((value): value is string => typeof value === 'string' && value.trim() !== '') ?? '';
}

/** A code in words. Some providers only repeat the status as their code, which is no information. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && !/^\d*$/.test(value);
}

function firstOf(value: unknown): readonly unknown[] {
  return listOf(value).slice(0, MAX_ELEMENTS);
}
