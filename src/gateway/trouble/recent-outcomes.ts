/** How many requests failed and succeeded in the last seconds. Pure. */

const SECONDS = 3;

type Outcome = 'failed' | 'succeeded';

interface Second {
  /** Whole seconds since the epoch. */
  readonly number: number;
  failed: number;
  succeeded: number;
}

export class RecentOutcomes {
  #seconds: Second[] = [];

  add(outcome: Outcome, now: number): void {
    const number = secondOf(now);
    let last = this.#seconds.at(-1);
    if (last?.number !== number) {
      last = { number, failed: 0, succeeded: 0 };
      this.#seconds = [...this.#seconds.filter((each) => isRecent(each.number, number)), last];
    }
    last[outcome] += 1;
  }

  /** Whether at least as many requests failed as succeeded, and any failed. */
  mostFailed(now: number): boolean {
    const failed = this.failures(now);
    return failed > 0 && failed >= this.#count('succeeded', now);
  }

  failures(now: number): number {
    return this.#count('failed', now);
  }

  isRecent(at: number, now: number): boolean {
    return isRecent(secondOf(at), secondOf(now));
  }

  #count(outcome: Outcome, now: number): number {
    return this.#seconds.reduce(
      (sum, second) => (isRecent(second.number, secondOf(now)) ? sum + second[outcome] : sum),
      0,
    );
  }
}

function secondOf(at: number): number {
  return Math.floor(at / 1000);
}

function isRecent(second: number, now: number): boolean {
  return now - second < SECONDS;
}
