import { randomUUID } from 'node:crypto';
import type { Adaptation } from '../../model/adaptation.ts';
import type { ApiResponse } from '../../model/api-response.ts';
import { MAX_RECORDED_MODELS } from '../../model/completion-record.ts';
import { digestOf } from '../../model/digest.ts';
import type { LostRequest } from '../../model/lost-request.ts';
import type { AskedModels } from '../../model/model-map.ts';
import type { PromptSource, PromptSources } from '../../model/prompt-source.ts';
import { addTraffic, noTraffic, type Traffic } from '../../model/traffic.ts';
import { hasNoControls } from '../../text.ts';
import type { ModelNames } from '../models/model-advice.ts';
import { Occurrences } from '../request/occurrences.ts';
import { promptIn } from '../request/prompt.ts';

/** Longer than any name of a model. */
const MAX_NAME_LENGTH = 1000;

/** The kept answers that an attempt got. */
export interface ReusedAnswers {
  readonly count: number;
  /** When the oldest was recorded, in milliseconds since 1970. */
  readonly oldest: number;
}

/** What one attempt of the eval has requested, and what it received. */
export class Attempt {
  readonly id = randomUUID();
  readonly occurrences = new Occurrences();
  /** Requests that the API will never answer. */
  readonly unanswered = new Set<string>();
  /** Whether recorded responses are replayed. */
  readonly replays: boolean;
  readonly #mayReplay: boolean;
  readonly #adaptations = new Map<string, Adaptation>();
  readonly #models = new Map<string, string>();
  readonly #prompts = new Map<string, PromptSource>();
  traffic: Traffic = noTraffic;
  replayedEarlier = 0;
  reused: ReusedAnswers | undefined;
  /** The last request that will never get a successful response. */
  lost: LostRequest | undefined;

  /** @param mayReplay whether there is any response to replay */
  constructor(replays: boolean, mayReplay = false) {
    this.replays = replays;
    this.#mayReplay = replays && mayReplay;
  }

  /** Each change of a request once. */
  get adaptations(): readonly Adaptation[] {
    return [...this.#adaptations.values()];
  }

  /** The models that the eval has asked for; undefined when they cannot be recorded. */
  get models(): AskedModels | undefined {
    const names = [...this.#models].flat();
    const recordable = names.every((name) => name.length <= MAX_NAME_LENGTH && hasNoControls(name));
    return recordable && this.#models.size <= MAX_RECORDED_MODELS
      ? Object.fromEntries(this.#models)
      : undefined;
  }

  noteModel({ asked, sent }: ModelNames): void {
    if (asked !== '' && this.#models.size <= MAX_RECORDED_MODELS) this.#models.set(asked, sent);
  }

  count(change: Partial<Traffic>): void {
    this.traffic = addTraffic(this.traffic, { ...noTraffic, ...change });
  }

  /** Where the responses to the prompts came from; empty when there was nothing to replay. */
  get prompts(): PromptSources {
    return this.#prompts;
  }

  notePrompt(body: Buffer, source: 'sent' | 'replayed'): void {
    if (!this.#mayReplay) return;
    const digest = digestOf(promptIn(body));
    const other = this.#prompts.get(digest) ?? source;
    this.#prompts.set(digest, other === source ? source : 'both');
  }

  /** @param at when a kept answer was recorded, in milliseconds since 1970 */
  noteReused(at: number): void {
    const { count, oldest } = this.reused ?? { count: 0, oldest: at };
    this.reused = { count: count + 1, oldest: Math.min(oldest, at) };
  }

  noteAdaptations({ adaptations = [] }: ApiResponse): void {
    for (const each of adaptations) this.#adaptations.set(JSON.stringify(each), each);
  }
}
