/** What all evals of a job share on their way to the API: one client, one limit, and what the API has shown of itself. */
import type { ApiUnusable } from '../errors.ts';
import type { Log } from '../log.ts';
import { type Adaptation, describeAdaptation } from '../model/adaptation.ts';
import type { TokenUsage } from '../model/api-response.ts';
import { Adaptations } from './call/adaptable.ts';
import { InFlightLimit } from './call/in-flight-limit.ts';
import { defaultRetryPolicy, type RetryPolicy } from './call/retry-policy.ts';
import { type CallContext, type CallResult, UpstreamCall } from './call/upstream-call.ts';
import { type Provider, type ProviderUrls, requestUrl } from './providers.ts';
import { Outage } from './refusal/outage.ts';
import { Refusals } from './refusal/refusals.ts';
import type { RequestNature } from './request/replayable.ts';
import {
  defaultTimeouts,
  openUpstream,
  type UpstreamRequest,
  type UpstreamTimeouts,
} from './upstream/upstream.ts';

export interface JobOptions {
  /** The environment of the job: proxies, certificates, keys. */
  readonly env: NodeJS.ProcessEnv;
  readonly urls: ProviderUrls;
  /** The models of the inputs: one that the API does not know ends the job. */
  readonly models?: readonly string[];
  readonly maxRequestsInFlight: number;
  readonly log: Log;
  /** Called after each response that was recorded, with the tokens that the API billed for it. */
  readonly onResponse?: (usage: TokenUsage) => void;
  readonly retryPolicy?: RetryPolicy;
  readonly timeouts?: UpstreamTimeouts;
  /** Bytes of a request that is passed on. */
  readonly largestBody?: number;
  /** Bytes of a response, as it comes and decoded, beyond which it is dropped. */
  readonly maxResponseBytes?: number;
}

export type CallEvents = Pick<CallContext, 'path' | 'nature' | 'evalId' | 'onTry' | 'record'> & {
  readonly id: string;
};

/** A request that went to the API. */
export interface SentRequest {
  readonly evalName: string;
  readonly id: string;
  readonly method: string;
  readonly nature: RequestNature;
  readonly keys: readonly string[];
}

/** A request with images may be large; this is far beyond what any API takes. */
const LARGEST_BODY = 512 * 1024 * 1024;

/** The largest response of OpenAI's API, 2,048 embeddings of 3,072 numbers in JSON, has about 75 MiB. */
const MAX_RESPONSE_BYTES = 128 * 1024 * 1024;

/** What all evals share on their way to the API. */
export class Job {
  readonly #options: JobOptions;
  readonly #upstream;
  readonly #limit: InFlightLimit;
  readonly #adaptations = new Adaptations();
  readonly #refusals: Refusals;
  readonly #outage = new Outage();
  readonly #unusable = new AbortController();
  readonly #said = new Set<string>();

  constructor(options: JobOptions) {
    const { env, urls, models = [], timeouts = defaultTimeouts, maxRequestsInFlight } = options;
    this.#options = options;
    this.#upstream = openUpstream(env, timeouts, { urls, notice: (message) => options.log.warning(message) });
    this.#limit = new InFlightLimit(maxRequestsInFlight);
    this.#refusals = new Refusals({
      jobKeys: keysOf(env),
      jobModels: models,
      baseUrl: `${urls.openai.origin}${urls.openai.pathname}`,
    });
  }

  get unusable(): AbortSignal {
    return this.#unusable.signal;
  }

  /** Bytes of a request that is passed on. */
  get largestBody(): number {
    return this.#options.largestBody ?? LARGEST_BODY;
  }

  /** @param rest path and query behind the base URL of the provider */
  urlOf(provider: Provider, rest: string): URL {
    return requestUrl(this.#options.urls[provider], rest);
  }

  call(request: UpstreamRequest, { onTry, ...events }: CallEvents): UpstreamCall {
    const { retryPolicy = defaultRetryPolicy, maxResponseBytes = MAX_RESPONSE_BYTES } = this.#options;
    return new UpstreamCall(request, {
      ...events,
      upstream: this.#upstream,
      limit: this.#limit,
      adaptations: this.#adaptations,
      policy: retryPolicy,
      maxResponseBytes,
      onTry: (before) => {
        if (request.method === 'POST') this.#outage.sent(Date.now());
        onTry(before);
      },
      onRetry: (why) => this.#end(this.#outage.retrying(why, Date.now())),
      onAdapted: (adaptation) => this.#announce(adaptation),
    });
  }

  /** A question got an answer of the API. */
  answered({ keys, nature }: SentRequest, usage: TokenUsage): void {
    this.#refusals.answered(keys, nature.kind === 'question' ? nature.model : '');
    this.#outage.answered(Date.now());
    this.#options.onResponse?.(usage);
  }

  /** A question got an answer of the journal. */
  replayed(model: string): void {
    this.#refusals.replayed(model);
    this.#outage.replayed();
  }

  /** A call ended: that may end the job. */
  ended({ evalName, id, keys, method, nature }: SentRequest, result: CallResult): void {
    if (method !== 'POST') return;
    const isQuestion = nature.kind === 'question';
    if (result.kind === 'answered' && !isQuestion) this.#outage.answered(Date.now());
    if (result.kind === 'refused') {
      const model = isQuestion ? nature.model : '';
      this.#end(this.#refusals.judge({ ...result, keys, model, evalName, id, isQuestion }));
    }
    if (result.kind === 'unanswered' && !result.ownFault)
      this.#end(this.#outage.gaveUp({ id, ...result }, Date.now()));
  }

  infoOnce(message: string): void {
    this.#once(message, () => this.#options.log.info(message));
  }

  warnOnce(message: string): void {
    this.#once(message, () => this.#options.log.warning(message));
  }

  stop(): void {
    this.#limit.stop();
  }

  async close(): Promise<void> {
    this.#limit.close();
    await this.#upstream.close();
  }

  #end(error: ApiUnusable | undefined): void {
    if (error && !this.#unusable.signal.aborted) this.#unusable.abort(error);
  }

  #announce(adaptation: Adaptation): void {
    const { model, param, value } = adaptation;
    const refused = value === null ? param : `${param} ${value}`;
    this.infoOnce(`${model} does not accept ${refused}: from now on ${describeAdaptation(adaptation)}`);
  }

  #once(message: string, say: () => void): void {
    if (this.#said.has(message)) return;
    this.#said.add(message);
    say();
  }
}

/** The keys in the environment of the job, by the names that variables with keys have. */
function keysOf(env: NodeJS.ProcessEnv): string[] {
  return Object.entries(env).flatMap(([name, value = '']) =>
    /(^|_)(key|token|secret)$/i.test(name) && value.trim() !== '' ? [value.trim()] : [],
  );
}
