import type { Adaptation } from '../model/adaptation.ts';
import { addTraffic, noTraffic, type Traffic } from '../model/traffic.ts';
import { Occurrences } from './request/occurrences.ts';

/** What one attempt of the eval has asked for, and what it got. */
export class Attempt {
  readonly occurrences = new Occurrences();
  /** Requests that the API has not answered and will not. */
  readonly unanswered = new Set<string>();
  readonly adaptations = new Map<string, Adaptation>();
  readonly replays: boolean;
  traffic: Traffic = noTraffic;
  replayedEarlier = 0;
  /** The last refusal, in the provider's words, with the model. */
  refusal: string | undefined;

  constructor(replays: boolean) {
    this.replays = replays;
  }

  count(change: Partial<Traffic>): void {
    this.traffic = addTraffic(this.traffic, { ...noTraffic, ...change });
  }
}
