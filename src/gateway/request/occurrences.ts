/**
 * Which of several identical requests of an eval is which. The n-th gets the n-th recorded answer, in whatever order
 * threads ask; one whose answer never reached the client leaves its number to the next that asks the same.
 */
export class Occurrences {
  readonly #byKey = new Map<string, { next: number; free: number[] }>();

  /** The lowest number, from 0, that no identical request holds. */
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

  /** The answer did not arrive: the number is there to be taken again. */
  giveBack(key: string, n: number): void {
    const entry = this.#byKey.get(key);
    if (!entry) return;
    entry.free.push(n);
    entry.free.sort((a, b) => a - b);
  }
}
