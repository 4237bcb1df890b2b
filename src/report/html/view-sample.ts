/** Makes a sample ready for the page: its texts bounded and printable. */
import { type EvalSamples, NO_TEXTS, type Sample } from '../../model/sample.ts';
import { type EvalComparison, isWorse, type SampleFlip } from '../../model/verdict.ts';
import { oneLine, printable, shorten } from '../../text.ts';
import type { Entry } from './entries.ts';
import type { FlipView, SampleView } from './shared/sample-view.ts';

const MAX_BYTES = {
  prompt: 6000,
  answer: 4000,
  expected: 2000,
  picked: 500,
  judge: 4000,
  error: 2000,
} as const;

const MAX_NAME_BYTES = 200;
const MAX_SCORES = 20;
const HASH_DIGITS = 12;

/** Makes the views of the samples of one eval. */
export class SampleViews {
  readonly #samples: EvalSamples | null;
  readonly #before: EvalSamples | null;
  readonly #comparison: EvalComparison | null;
  readonly #flips: ReadonlyMap<string, SampleFlip>;
  readonly #beforeByHash: ReadonlyMap<string, readonly Sample[]>;

  constructor({ samples, before, comparison }: Entry) {
    this.#samples = samples;
    this.#before = before;
    this.#comparison = comparison;
    const flips = comparison?.flips ?? [];
    this.#flips = new Map(flips.map((flip) => [flip.id, flip]));
    const hashes = new Set(flips.map(({ hash }) => hash));
    this.#beforeByHash = Map.groupBy(
      (before?.samples ?? []).filter(({ hash }) => hashes.has(hash)),
      ({ hash }) => hash,
    );
  }

  /** The flip of a sample; undefined when its score is that of the baseline. */
  flipOf({ id, hash }: Sample): SampleFlip | undefined {
    const flip = this.#flips.get(id);
    return flip?.hash === hash ? flip : undefined;
  }

  /** Whether the sample got worse. */
  isWorse(flip: SampleFlip): boolean {
    return this.#comparison !== null && isWorse(flip, this.#comparison);
  }

  viewOf(sample: Sample): SampleView {
    const texts = this.#samples?.texts(sample) ?? NO_TEXTS;
    const flip = this.flipOf(sample);
    return {
      id: oneLine(sample.id, MAX_NAME_BYTES),
      hash: oneLine(sample.hash, MAX_NAME_BYTES).slice(0, HASH_DIGITS),
      outcome: sample.outcome,
      scores: Object.fromEntries(
        Object.entries(sample.scores)
          .slice(0, MAX_SCORES)
          .map(([name, value]) => [oneLine(name, MAX_NAME_BYTES), value]),
      ),
      choice: bounded(sample.choice, MAX_NAME_BYTES),
      tokens: sample.tokens,
      replayed: sample.replayed,
      prompt: bounded(texts.prompt, MAX_BYTES.prompt),
      answer: bounded(texts.answer, MAX_BYTES.answer),
      expected: bounded(texts.expected, MAX_BYTES.expected),
      picked: bounded(texts.picked, MAX_BYTES.picked),
      judge: bounded(texts.judge, MAX_BYTES.judge),
      error: bounded(texts.error, MAX_BYTES.error),
      flip: flip ? this.#flipView(flip) : null,
    };
  }

  #flipView(flip: SampleFlip): FlipView {
    const candidates = this.#beforeByHash.get(flip.hash) ?? [];
    // Several samples may have the same content.
    const sample = candidates.find(({ outcome }) => outcome === flip.outcomeBefore) ?? candidates[0];
    const texts = (sample && this.#before?.texts(sample)) ?? NO_TEXTS;
    return {
      isWorse: this.isWorse(flip),
      before: flip.before,
      now: flip.now,
      outcome: flip.outcomeBefore,
      choice: bounded(sample?.choice ?? null, MAX_NAME_BYTES),
      answer: bounded(texts.answer, MAX_BYTES.answer),
      picked: bounded(texts.picked, MAX_BYTES.picked),
      judge: bounded(texts.judge, MAX_BYTES.judge),
    };
  }
}

/** It is shortened first: a text may have megabytes. */
function bounded(text: string | null, bytes: number): string | null {
  return text === null ? null : printable(shorten(text, bytes));
}
