/** A request by its key, and its number among identical ones, from 0. */
export interface AskedRequest {
  readonly key: string;
  readonly n: number;
}

/**
 * Numbers the identical requests of an attempt: the n-th gets the n-th recorded response, in whatever order threads send
 * them. If a response did not reach its client, the next identical request gets the same number.
 */
export class Occurrences {
  readonly #byKey = new Map<string, { next: number; free: number[] }>();

  /** The lowest number, from 0, that no identical request has. */
  take(key: string): number {
    const entry = this.#byKey.get(key);
    if (!entry) {
      this.#byKey.set(key, { next: 1, free: [] });
      return 0;
    }
    const freed = entry.free.shift();
    if (freed !== undefined) return freed;
    entry.next += 1;
    return entry.next - 1;
  }

  /** Each request whose response has reached the client, or is to reach it. */
  *taken(): Generator<AskedRequest> {
    for (const [key, { next, free }] of this.#byKey)
      for (let n = 0; n < next; n += 1) if (!free.includes(n)) yield { key, n };
  }

  /** The response did not reach the client: the number is free again. */
  giveBack(key: string, n: number): void {
    const entry = this.#byKey.get(key);
    if (!entry) return;
    entry.free.push(n);
    entry.free.sort((a, b) => a - b);
  }
}
