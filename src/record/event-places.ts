/** Where the lines of a record file are that have the texts of a sample. */

/** In bytes. */
export interface LinePlace {
  readonly offset: number;
  readonly bytes: number;
}

/** An event of a record file. */
export interface EventPlace extends LinePlace {
  /** The number of the event. It orders the events of a sample, wherever their lines are. */
  readonly number: number;
}

/** The events of a sample that have its texts. */
const KINDS = [
  'firstAsking',
  'lastSampling',
  'earlierSampling',
  'firstResult',
  'lastMetrics',
  'lastError',
] as const;
export type EventKind = (typeof KINDS)[number];

/** A set may have thousands of evals with a few samples each. */
const MIN_SAMPLES = 8;

const FIELDS = 3;
const STRIDE = KINDS.length * FIELDS;

/** One event of each kind for each of many samples, in one array, because objects would take five times the memory. */
export class EventPlaces {
  /** Number + 1, offset and bytes of each; a number of 0 means that there is none. */
  #values = new Float64Array(0);

  get(sample: number, kind: EventKind): EventPlace | undefined {
    const at = indexOf(sample, kind);
    const number = this.#values[at] ?? 0;
    if (number === 0) return undefined;
    return { number: number - 1, offset: this.#values[at + 1] ?? 0, bytes: this.#values[at + 2] ?? 0 };
  }

  /** Whether the event is earlier than the one that there is. */
  isFirst(sample: number, kind: EventKind, number: number): boolean {
    const current = this.#values[indexOf(sample, kind)] ?? 0;
    return current === 0 || number + 1 < current;
  }

  isLast(sample: number, kind: EventKind, number: number): boolean {
    return number + 1 > (this.#values[indexOf(sample, kind)] ?? 0);
  }

  has(sample: number, kind: EventKind): boolean {
    return (this.#values[indexOf(sample, kind)] ?? 0) !== 0;
  }

  set(sample: number, kind: EventKind, { number, offset, bytes }: EventPlace): void {
    const at = indexOf(sample, kind);
    if (at >= this.#values.length) {
      const grown = new Float64Array(Math.ceil(Math.max(MIN_SAMPLES, sample * 1.5)) * STRIDE);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[at] = number + 1;
    this.#values[at + 1] = offset;
    this.#values[at + 2] = bytes;
  }

  setIfFirst(sample: number, kind: EventKind, event: EventPlace): boolean {
    const isFirst = this.isFirst(sample, kind, event.number);
    if (isFirst) this.set(sample, kind, event);
    return isFirst;
  }

  setIfLast(sample: number, kind: EventKind, event: EventPlace): void {
    if (this.isLast(sample, kind, event.number)) this.set(sample, kind, event);
  }
}

function indexOf(sample: number, kind: EventKind): number {
  return sample * STRIDE + KINDS.indexOf(kind) * FIELDS;
}
