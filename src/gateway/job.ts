/** What all evals of a job share on their way to the API: one client, one limit, and what is known about the API. */
import { ApiUnusable } from '../errors.ts';
import { type Adaptation, describeAdaptation } from '../model/adaptation.ts';
import type { TokenUsage } from '../model/api-response.ts';
import { type ModelMap, noModelMap } from '../model/model-map.ts';
import { Adaptations } from './call/adaptable.ts';
import type { CallContext, FailedSending } from './call/call-context.ts';
import type { CallResult } from './call/call-result.ts';
import { InFlightLimit } from './call/in-flight-limit.ts';
import { defaultRetryPolicy } from './call/retry-policy.ts';
import { UpstreamCall } from './call/upstream-call.ts';
import type { JobOptions } from './job-options.ts';
import { JobModels } from './models/job-models.ts';
import type { ModelNames } from './models/model-advice.ts';
import { ModelLists } from './models/model-lists.ts';
import { type Provider, requestUrl } from './providers.ts';
import { Outage } from './refusal/outage.ts';
import { Refusals } from './refusal/refusals.ts';
import type { RequestNature } from './request/replayable.ts';
import { TroubleWatch } from './trouble/trouble-watch.ts';
import { defaultTimeouts, openUpstream, type UpstreamRequest } from './upstream/upstream.ts';

export type CallEvents = Pick<
  CallContext,
  'path' | 'nature' | 'evalName' | 'model' | 'onTry' | 'onHeaders' | 'record'
>;

/** What the API can take at present. */
export interface ApiLoad {
  /** Requests that may be in flight. Fewer than the input allows while the API is overloaded or limits their rate. */
  readonly allowed: number;
  /** Whether the API asked for a pause, or its newest response was a failure. */
  readonly isTroubled: boolean;
}

/** A request that went to the API. */
export interface SentRequest {
  readonly evalName: string;
  /** The same for identical requests. */
  readonly id: string;
  /** The attempt of the eval that sent it. */
  readonly attemptId: string;
  readonly method: string;
  readonly nature: RequestNature;
  readonly keys: readonly string[];
  readonly provider: Provider;
  readonly headers: UpstreamRequest['headers'];
  readonly model: ModelNames;
}

/** A request with images may be large; this is far more than any API accepts. */
const MAX_REQUEST_BYTES = 512 * 1024 * 1024;

/** The largest response of OpenAI's API, 2,048 embeddings of 3,072 numbers in JSON, has about 75 MiB. */
const MAX_RESPONSE_BYTES = 128 * 1024 * 1024;

export class Job {
  readonly #options: JobOptions;
  readonly #upstream;
  readonly #limit: InFlightLimit;
  readonly #adaptations = new Adaptations();
  readonly #refusals: Refusals;
  readonly #outage = new Outage();
  readonly trouble: TroubleWatch;
  readonly #models: JobModels;
  #explained: ApiUnusable | undefined;
  readonly #unusable = new AbortController();
  readonly #logged = new Set<string>();

  constructor(options: JobOptions) {
    const { env, urls, models = [], timeouts = defaultTimeouts, maxRequestsInFlight, budget } = options;
    this.#options = options;
    this.#upstream = openUpstream(env, timeouts, { urls, notice: (message) => options.log.warning(message) });
    this.#limit = new InFlightLimit(maxRequestsInFlight, budget);
    this.trouble = new TroubleWatch(options.onTrouble ?? (() => {}), options.troublePolicy);
    this.#refusals = new Refusals({
      jobKeys: keysOf(env),
      jobModels: models,
      baseUrl: `${urls.openai.origin}${urls.openai.pathname}`,
    });
    const { send } = this.#upstream;
    const urlOf: Job['urlOf'] = (provider, rest) => this.urlOf(provider, rest);
    const lists = options.listsModels ? new ModelLists({ send, urlOf }) : undefined;
    this.#models = new JobModels({ log: options.log, chosen: models, lists });
  }

  /** Aborted, with an ApiUnusable, when the API refuses the job or cannot be reached. */
  get unusable(): AbortSignal {
    return this.#unusable.signal;
  }

  /** Why the API is unusable; complete when the job is closed. */
  get whyUnusable(): ApiUnusable | undefined {
    const reason: unknown = this.#unusable.signal.reason;
    return this.#explained ?? (reason instanceof ApiUnusable ? reason : undefined);
  }

  get models(): Pick<JobModels, 'advise' | 'sunset'> {
    return this.#models;
  }

  get modelMap(): ModelMap {
    return this.#options.modelMap ?? noModelMap;
  }

  apiLoad(): ApiLoad {
    const { allowed, isPaused } = this.#limit;
    return { allowed, isTroubled: isPaused || this.#outage.isFailing };
  }

  get maxRequestBytes(): number {
    return this.#options.maxRequestBytes ?? MAX_REQUEST_BYTES;
  }

  /** @param rest path and query behind the base URL of the provider */
  urlOf(provider: Provider, rest: string): URL {
    return requestUrl(this.#options.urls[provider], rest);
  }

  call(request: UpstreamRequest, { onTry, ...events }: CallEvents): UpstreamCall {
    const { retryPolicy = defaultRetryPolicy, maxResponseBytes = MAX_RESPONSE_BYTES } = this.#options;
    const isPost = request.method === 'POST';
    return new UpstreamCall(request, {
      ...events,
      upstream: this.#upstream,
      limit: this.#limit,
      adaptations: this.#adaptations,
      policy: retryPolicy,
      maxResponseBytes,
      onTry: (before) => {
        if (isPost) this.#outage.sent(Date.now());
        onTry(before);
      },
      onFailure: (failure) => isPost && this.#failed(failure),
      onResponded: (isSuccess) => isPost && this.trouble.responded(isSuccess),
      onAdapted: (adaptation) => this.#announce(adaptation),
    });
  }

  /** A replayable request succeeded. */
  succeeded(sent: SentRequest, usage: TokenUsage): void {
    const { evalName, keys, nature, model } = sent;
    this.#models.responded(sent);
    this.#refusals.succeeded(keys, nature.kind === 'replayable' ? nature.model : '');
    this.#outage.succeeded(Date.now());
    this.#options.onResponse?.(usage, { evalName, model: model.sent });
  }

  /** A response of this model was replayed. */
  replayed(model: string): void {
    this.#refusals.replayed(model);
    this.#outage.replayed();
  }

  /** A call ended, which may end the job. */
  ended(sent: SentRequest, result: CallResult): void {
    const { evalName, id, attemptId, keys, method, nature } = sent;
    if (method !== 'POST') return;
    const replayable = nature.kind === 'replayable';
    if (result.kind === 'succeeded' && !replayable) this.#outage.succeeded(Date.now());
    if (result.kind === 'refused') {
      const model = replayable ? nature.model : '';
      const error = this.#refusals.judge({ ...result, keys, model, evalName, id, attemptId, replayable });
      this.#end(error);
      if (error && result.refusal === 'model') this.#explain(error, sent);
    }
    if (result.kind === 'unanswered' && !result.requestSpecific)
      this.#end(this.#outage.gaveUp({ id, ...result }, Date.now()));
  }

  warnOnce(message: string): void {
    this.#once(message, () => this.#options.log.warning(message));
  }

  /** Sends no further request. */
  stop(): void {
    this.#limit.stop();
    this.trouble.stop();
  }

  async close(): Promise<void> {
    this.#limit.close();
    this.trouble.stop();
    await this.#models.settled();
    await this.#upstream.close();
  }

  #failed({ why, trouble: cause, sentAt, retryDelayMs }: FailedSending): void {
    const now = Date.now();
    const retryAt = retryDelayMs === undefined ? undefined : now + retryDelayMs;
    if (cause) this.trouble.failed({ cause, sentAt, retryAt });
    if (retryAt !== undefined) this.#end(this.#outage.retrying(why, now));
  }

  #end(error: ApiUnusable | undefined): void {
    if (error && !this.#unusable.signal.aborted) this.#unusable.abort(error);
  }

  /** Adds the names of similar models to the error. */
  #explain({ code, message, next }: ApiUnusable, sent: SentRequest): void {
    this.#models.similar(sent, (sentence) => {
      this.#explained ??= new ApiUnusable(code, message, `${next} ${sentence}`);
    });
  }

  #announce(adaptation: Adaptation): void {
    const { model, param, value } = adaptation;
    const refused = value === null ? param : `${param} ${value}`;
    const message = `${model} does not accept ${refused}; from now on ${describeAdaptation(adaptation)}`;
    this.#once(message, () => this.#options.log.info(message));
  }

  #once(message: string, log: () => void): void {
    if (this.#logged.has(message)) return;
    this.#logged.add(message);
    log();
  }
}

/** The keys in the environment of the job, found by the usual names of such variables. */
function keysOf(env: NodeJS.ProcessEnv): string[] {
  return Object.entries(env).flatMap(([name, value = '']) =>
    /(^|_)(key|token|secret)$/i.test(name) && value.trim() !== '' ? [value.trim()] : [],
  );
}
