/**
 * Whether a refusal ends the job or fails only one eval. A single refusal does not end the job once the same key and model
 * have succeeded, or when it is about the content of the request.
 */
import { ApiUnusable } from '../../errors.ts';
import { describeProviderError, type ProviderError } from '../response/provider-error.ts';
import type { RefusalKind } from './refusal-kinds.ts';

export interface RefusedRequest {
  readonly refusal: RefusalKind;
  readonly error: ProviderError;
  /** The keys in the headers of the request. */
  readonly keys: readonly string[];
  /** The model that the request names; empty when it names none. */
  readonly model: string;
  readonly evalName: string;
  /** The same for identical requests. */
  readonly id: string;
  /** The attempt of the eval that sent it. */
  readonly attemptId: string;
  /** Whether its response depends on its body alone. The refusal of any other request is evidence about the key only. */
  readonly replayable: boolean;
}

export interface RefusalsOptions {
  /** The keys in the environment of the job. The refusal of any other key concerns one eval alone. */
  readonly jobKeys: readonly string[];
  /** The models of the inputs. */
  readonly jobModels: readonly string[];
  /** The base URL, without credentials, for messages. */
  readonly baseUrl: string;
}

/**
 * This many different refused requests (or evals), with no success between them, end a job that one refusal does not end. A
 * request that another attempt sends again counts as another one if its refusal is about the key or about money, which concern
 * the account: an eval that sends one request at a time would otherwise fail before the next one ends the job.
 */
const MIN_REFUSED = 2;

export class Refusals {
  readonly #options: RefusalsOptions;
  /** Pairs of key and model that have succeeded in this job. */
  readonly #succeeded = new Set<string>();
  readonly #succeededKeys = new Set<string>();
  /** Models that have succeeded in an earlier run, or in this run without a key. */
  readonly #otherModels = new Set<string>();
  /** For each key, the requests that were refused since the key last succeeded. */
  readonly #refusedSince = new Map<string, Set<string>>();
  /**
   * Requests and evals that were refused for their content or for lack of permission, while nothing is known to have
   * succeeded.
   */
  readonly #refusedRequests = new Set<string>();
  readonly #refusedEvals = new Set<string>();

  constructor(options: RefusalsOptions) {
    this.#options = options;
  }

  /** A replayable request succeeded. */
  succeeded(keys: readonly string[], model: string): void {
    for (const key of keys) {
      this.#succeeded.add(JSON.stringify([key, model]));
      this.#succeededKeys.add(key);
      this.#refusedSince.delete(key);
    }
    if (keys.length === 0) this.#otherModels.add(model);
  }

  /** A response of this model was replayed: the model has worked in an earlier run. */
  replayed(model: string): void {
    this.#otherModels.add(model);
  }

  /** What ends the job; undefined when the refusal concerns one eval alone. */
  judge(request: RefusedRequest): ApiUnusable | undefined {
    const { refusal, error } = request;
    if (!this.#usesJobKey(request) || !this.#endsTheJob(request)) return undefined;
    const message = `the API refused: ${describeProviderError(error)}`;
    return new ApiUnusable('API_REFUSED', message, this.#advice(refusal, request));
  }

  /**
   * Whether the request has a key of the job. A key of the eval itself, or of a stranger who found the gateway, does not end
   * the job.
   */
  #usesJobKey({ keys }: RefusedRequest): boolean {
    const { jobKeys } = this.#options;
    return keys.length === 0 ? jobKeys.length === 0 : keys.some((key) => jobKeys.includes(key));
  }

  #endsTheJob(request: RefusedRequest): boolean {
    const { refusal, keys, model, id, attemptId, evalName, replayable } = request;
    const sending = `${attemptId}/${id}`;
    const nothingSucceeded = this.#succeeded.size === 0 && this.#otherModels.size === 0;
    switch (refusal) {
      case 'key':
        return !this.#haveSucceeded(keys) || this.#isRepeated(keys, sending);
      case 'money':
        return !this.#haveSucceeded(keys, model) || this.#isRepeated(keys, sending);
      case 'model':
        if (!replayable || !this.#options.jobModels.includes(model)) return false;
        return !this.#haveSucceeded(keys, model) && !this.#otherModels.has(model);
      case 'address':
        return replayable && nothingSucceeded;
      case 'access':
      case 'content': {
        if (!replayable || !nothingSucceeded) return false;
        this.#refusedRequests.add(id);
        this.#refusedEvals.add(evalName);
        const enough = refusal === 'access' ? this.#refusedRequests : this.#refusedEvals;
        return enough.size >= MIN_REFUSED;
      }
    }
  }

  #haveSucceeded(keys: readonly string[], model?: string): boolean {
    if (model === undefined) return keys.some((key) => this.#succeededKeys.has(key));
    return keys.some((key) => this.#succeeded.has(JSON.stringify([key, model])));
  }

  /** Whether another request, or this one in another attempt, was refused before, with no success of the key since. */
  #isRepeated(keys: readonly string[], sending: string): boolean {
    let repeated = false;
    for (const key of keys) {
      const refused = this.#refusedSince.get(key) ?? new Set();
      refused.add(sending);
      this.#refusedSince.set(key, refused);
      repeated ||= refused.size >= MIN_REFUSED;
    }
    return repeated;
  }

  #advice(refusal: RefusalKind, { model }: RefusedRequest): string {
    const { baseUrl } = this.#options;
    const named = model === '' ? 'the model' : `the model ${JSON.stringify(model)}`;
    switch (refusal) {
      case 'key':
        return 'Fix the API key: check the value of the secret, and that the key belongs to this API.';
      case 'money':
        return 'Add credit to the account, or raise the quota or budget of the API key.';
      case 'model':
        return `Check the name of ${named}, and that the API key may use it. It may have been shut down.`;
      case 'address':
        return `Check the base URL of the API (${baseUrl}): it usually ends with /v1.`;
      case 'access':
        return `Check the permissions of the API key: its project, its region, and its access to ${named}.`;
      case 'content':
        return 'Check the proxies and gateways between this runner and the API: every request was refused because of its content.';
    }
  }
}
