import type { Adaptation } from '../../model/adaptation.ts';
import type { ApiResponse } from '../../model/api-response.ts';
import { addTraffic, noTraffic, type Traffic } from '../../model/traffic.ts';
import { Occurrences } from '../request/occurrences.ts';

/** What one attempt of the eval has requested, and what it received. */
export class Attempt {
  readonly occurrences = new Occurrences();
  /** Requests that the API will never answer. */
  readonly unanswered = new Set<string>();
  /** Whether recorded responses are replayed. */
  readonly replays: boolean;
  readonly #adaptations = new Map<string, Adaptation>();
  traffic: Traffic = noTraffic;
  replayedEarlier = 0;
  /** The last refusal, in the provider's words, with the model. */
  refusal: string | undefined;

  constructor(replays: boolean) {
    this.replays = replays;
  }

  /** Each change of a request once. */
  get adaptations(): readonly Adaptation[] {
    return [...this.#adaptations.values()];
  }

  count(change: Partial<Traffic>): void {
    this.traffic = addTraffic(this.traffic, { ...noTraffic, ...change });
  }

  noteAdaptations({ adaptations = [] }: ApiResponse): void {
    for (const each of adaptations) this.#adaptations.set(JSON.stringify(each), each);
  }
}
