/** What became of a sample that did not raise an error. It is what the record says, and never a guess: a fraction is a score, not an outcome. */
import { INVALID_CHOICE, type SampleOutcome } from '../model/sample.ts';
import type { KnownClass } from './known-classes.ts';
import type { SampleFacts } from './sample-facts.ts';

/** The scores of the choices of a model-graded eval. The record has only those of the choices that were made. */
export class GradeScale {
  #isWithin = true;
  #hasBelowOne = false;
  #hasWordForOne = false;

  add(choice: unknown, score: unknown): void {
    if (typeof score !== 'number') return;
    if (score < 0 || score > 1) this.#isWithin = false;
    if (score < 1) this.#hasBelowOne = true;
    else if (typeof choice === 'string' && choice !== INVALID_CHOICE && !/^\d+$/.test(choice))
      this.#hasWordForOne = true;
  }

  /** Whether 0 is the worst and 1 the best grade. When all choices are `1`, the scale may as well be 1 to 5. */
  get isZeroToOne(): boolean {
    return this.#isWithin && (this.#hasBelowOne || this.#hasWordForOne);
  }
}

export function outcomeOf(
  facts: SampleFacts,
  known: KnownClass,
  grade: number | undefined,
  scale: GradeScale,
): SampleOutcome | null {
  if (facts.choice === INVALID_CHOICE) return 'unscored';
  if (facts.choice !== null) return scale.isZeroToOne ? gradeOutcome(grade) : null;
  if (known.outcome !== undefined) return facts.stated === undefined ? null : correctness(facts.stated);
  return facts.verdicts === 1 ? correctness(facts.correct === 1) : null;
}

function gradeOutcome(grade: number | undefined): SampleOutcome | null {
  if (grade === 1) return 'correct';
  return grade === 0 ? 'incorrect' : null;
}

function correctness(isCorrect: boolean): SampleOutcome {
  return isCorrect ? 'correct' : 'incorrect';
}
