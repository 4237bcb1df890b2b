/** Requests the list of an API's models, once for each provider. It only helps messages, so its failure is silent. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Provider } from '../providers.ts';
import { decoded, type UpstreamResponse } from '../upstream/upstream.ts';
import type { Send } from '../upstream/upstream-types.ts';
import { type ModelCard, modelCards } from './model-cards.ts';

/** A request whose key may read the list. */
export interface ListRequest {
  readonly provider: Provider;
  readonly headers: Readonly<Record<string, string | string[]>>;
}

export interface ModelListsOptions {
  readonly send: Send;
  readonly urlOf: (provider: Provider, rest: string) => URL;
  /** How long a list is waited for. */
  readonly maxMs?: number;
}

/** Nothing may wait longer for a list. */
const MAX_MS = 3000;

/** The largest known list, of OpenRouter, has 1 MB. */
const MAX_BYTES = 8 * 1024 * 1024;

/** Behind the base URL of the provider. Anthropic's list has 20 models a page unless more are requested. */
const LIST = { openai: '/models', anthropic: '/v1/models?limit=1000' } as const;

/** The headers that say who asks, as the clients of OpenAI, Azure, Anthropic and Gemini send them. */
const IDENTIFYING = [
  'authorization',
  'api-key',
  'x-api-key',
  'x-goog-api-key',
  'anthropic-version',
  'openai-organization',
  'openai-project',
];

/** Servers see from it that this action asks, not an eval. */
export const USER_AGENT = 'oaievalset-action';

export class ModelLists {
  readonly #options: ModelListsOptions;
  readonly #lists = new Map<Provider, Promise<readonly ModelCard[]>>();

  constructor(options: ModelListsOptions) {
    this.#options = options;
  }

  /** The list that the API returned; empty when it has none, or did not respond in time. Never rejects. */
  of(request: ListRequest): Promise<readonly ModelCard[]> {
    const known = this.#lists.get(request.provider);
    if (known) return known;
    const list = this.#list(request);
    this.#lists.set(request.provider, list);
    return list;
  }

  async #list(request: ListRequest): Promise<readonly ModelCard[]> {
    const late = new AbortController();
    const none: readonly ModelCard[] = [];
    try {
      return await Promise.race([
        this.#request(request).catch(() => none),
        sleep(this.#options.maxMs ?? MAX_MS, none, { signal: late.signal, ref: false }),
      ]);
    } finally {
      late.abort();
    }
  }

  async #request({ provider, headers }: ListRequest): Promise<ModelCard[]> {
    const { send, urlOf } = this.#options;
    const identity = Object.entries(headers).filter(([name]) => IDENTIFYING.includes(name));
    const response = await send({
      method: 'GET',
      url: urlOf(provider, LIST[provider]),
      headers: { ...Object.fromEntries(identity), accept: 'application/json', 'user-agent': USER_AGENT },
      body: Buffer.alloc(0),
    });
    const raw = await bodyOf(response);
    if (response.status !== 200 || raw === undefined) return [];
    const plain = await decoded(raw, response.headers['content-encoding'], MAX_BYTES);
    return plain === undefined ? [] : modelCards(plain);
  }
}

/** Undefined when it is too large. */
async function bodyOf({ body }: UpstreamResponse): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
