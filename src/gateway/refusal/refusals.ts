/**
 * Whether a refusal ends the job or fails one eval. One response does not speak for the job: what the API has answered to
 * the same key and model speaks against it, and so does a refusal that is about one request.
 */
import { ApiUnusable } from '../../errors.ts';
import { describeProviderError, type ProviderError } from '../response/provider-error.ts';
import type { RefusalKind } from './refusal-kinds.ts';

export interface RefusedRequest {
  readonly refusal: RefusalKind;
  readonly error: ProviderError;
  /** The keys in its headers. */
  readonly keys: readonly string[];
  /** The model that it names; empty when it names none. */
  readonly model: string;
  readonly evalName: string;
  /** Tells requests apart. */
  readonly id: string;
  /** Whether it is a question; another request says something about the key only. */
  readonly isQuestion: boolean;
}

export interface RefusalsOptions {
  /** The keys in the environment of the job. A refusal of any other key is the eval's own matter. */
  readonly jobKeys: readonly string[];
  /** The models of the inputs. */
  readonly jobModels: readonly string[];
  /** The base URL that requests go to, without credentials, for messages. */
  readonly baseUrl: string;
}

/** Different requests, all refused with nothing answered between them, that speak for the job where one does not. */
const ENOUGH = 2;

export class Refusals {
  readonly #options: RefusalsOptions;
  /** Key and model of what the API has answered in this job. */
  readonly #answered = new Set<string>();
  readonly #answeredKeys = new Set<string>();
  /** Models that a journal holds answers of. */
  readonly #recordedModels = new Set<string>();
  /** Requests that were refused since the API last answered one with the same key, by key. */
  readonly #refusedSince = new Map<string, Set<string>>();
  /** Requests and evals that were refused for what they hold or may not do, while nothing is known to have been answered. */
  readonly #refusedRequests = new Set<string>();
  readonly #refusedEvals = new Set<string>();

  constructor(options: RefusalsOptions) {
    this.#options = options;
  }

  /** The API has answered a question now. */
  answered(keys: readonly string[], model: string): void {
    for (const key of keys) {
      this.#answered.add(JSON.stringify([key, model]));
      this.#answeredKeys.add(key);
      this.#refusedSince.delete(key);
    }
    if (keys.length === 0) this.#recordedModels.add(model);
  }

  /** A journal has answered a question: the API did so in an earlier run. */
  replayed(model: string): void {
    this.#recordedModels.add(model);
  }

  /** What ends the job; undefined when the refusal is the eval's own. */
  judge(request: RefusedRequest): ApiUnusable | undefined {
    const { refusal, error } = request;
    if (!this.#isOfTheJob(request) || !this.#speaksForTheJob(request)) return undefined;
    const message = `the API refused: ${describeProviderError(error)}`;
    return new ApiUnusable('API_REFUSED', message, this.#advice(refusal, request));
  }

  /** Whether it was made with the job's own key: others that reach the gateway, or an eval's own key, do not end the job. */
  #isOfTheJob({ keys }: RefusedRequest): boolean {
    const { jobKeys } = this.#options;
    return keys.length === 0 ? jobKeys.length === 0 : keys.some((key) => jobKeys.includes(key));
  }

  #speaksForTheJob(request: RefusedRequest): boolean {
    const { refusal, keys, model, id, evalName, isQuestion } = request;
    const nothingAnswered = this.#answered.size === 0 && this.#recordedModels.size === 0;
    switch (refusal) {
      case 'key':
        return !this.#haveAnswered(keys) || this.#isRepeated(keys, id);
      case 'money':
        return !this.#haveAnswered(keys, model) || this.#isRepeated(keys, id);
      case 'model':
        if (!isQuestion || !this.#options.jobModels.includes(model)) return false;
        return !this.#haveAnswered(keys, model) && !this.#recordedModels.has(model);
      case 'address':
        return isQuestion && nothingAnswered;
      case 'access':
      case 'content': {
        if (!isQuestion || !nothingAnswered) return false;
        this.#refusedRequests.add(id);
        this.#refusedEvals.add(evalName);
        const enough = refusal === 'access' ? this.#refusedRequests : this.#refusedEvals;
        return enough.size >= ENOUGH;
      }
    }
  }

  #haveAnswered(keys: readonly string[], model?: string): boolean {
    if (model === undefined) return keys.some((key) => this.#answeredKeys.has(key));
    return keys.some((key) => this.#answered.has(JSON.stringify([key, model])));
  }

  /** Whether another request was refused before, and nothing answered with the key since. */
  #isRepeated(keys: readonly string[], id: string): boolean {
    let repeated = false;
    for (const key of keys) {
      const refused = this.#refusedSince.get(key) ?? new Set();
      refused.add(id);
      this.#refusedSince.set(key, refused);
      repeated ||= refused.size >= ENOUGH;
    }
    return repeated;
  }

  #advice(refusal: RefusalKind, { model }: RefusedRequest): string {
    const { baseUrl } = this.#options;
    const named = model === '' ? 'the model' : `the model ${JSON.stringify(model)}`;
    switch (refusal) {
      case 'key':
        return 'Fix the API key: check the secret behind it, and that it is a key of this API.';
      case 'money':
        return 'Add credit to the account, or raise the quota or budget of the key.';
      case 'model':
        return `Check the name of ${named}, that it has not been shut down, and that the key may use it.`;
      case 'address':
        return `Check the base URL of the API (${baseUrl}): it usually ends with /v1.`;
      case 'access':
        return `Check what the key may do: its project, its region, and its access to ${named}.`;
      case 'content':
        return 'Check what stands between this runner and the API: every request was refused for what it holds.';
    }
  }
}
