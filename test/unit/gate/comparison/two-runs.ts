/** A run and a baseline whose evals have the given scores. */
import type { UsableBaseline } from '../../../../src/gate/comparison/compare-evals.ts';
import type { EvalResult, Results } from '../../../../src/model/results.ts';
import type { EvalSamples, Sample } from '../../../../src/model/sample.ts';
import { evalResult, evalSamples, results, sample } from '../../../helpers/report-builders.ts';

/** Scores by the content of their sample. Undefined: the sample has no score. */
export type Scores = readonly (number | undefined)[];

const BASE = sample('match.dev.0', true);

/** @param contents of the samples; by default the n-th sample has the same content in each run */
export function samplesOf(scores: Scores, metric = 'accuracy', contents?: readonly string[]): EvalSamples {
  return evalSamples(
    scores.map((score, index): Sample => {
      // Not hashed: there are 100,000 of them.
      const hash = contents?.[index] ?? `content ${index}`;
      const outcome = score === 1 ? 'correct' : score === undefined ? 'errored' : 'incorrect';
      const scored: Record<string, number> = score === undefined ? {} : { [metric]: score };
      return { ...BASE, id: `match.dev.${index}`, hash, outcome, scores: scored };
    }),
  );
}

/** An eval whose main metric is the mean of the scores. */
export function evalOf(
  name: string,
  scores: Scores,
  metric = 'accuracy',
  changes: Partial<EvalResult> = {},
): EvalResult {
  const known = scores.filter((score) => score !== undefined);
  const value = known.reduce((sum, score) => sum + score, 0) / Math.max(1, known.length);
  return evalResult(name, {
    mainMetric: { name: metric, value, interval: null, higherIsBetter: true },
    ...changes,
  });
}

export function baselineOf(
  evals: readonly EvalResult[],
  samples: UsableBaseline['samples'],
  changes: Partial<Results> = {},
): UsableBaseline {
  const before = results(evals, changes);
  const { run, model } = before;
  const source = {
    path: 'baseline/results.json',
    runId: run.id,
    sha: run.sha,
    ref: run.ref,
    model,
    ended: run.ended,
  };
  return { kind: 'usable', source, results: before, samples };
}

/** `worse` pairs go from 1 to 0, `better` from 0 to 1; of the others, `correct` have 1 on both sides. */
export function flipped(pairs: number, worse: number, better: number, correct = pairs - worse - better) {
  const wrong = pairs - worse - better - correct;
  const list = (counts: readonly [number, number, number, number]) =>
    counts.flatMap((count, index) => Array<number>(count).fill(index % 2 === 0 ? 1 : 0));
  return {
    before: list([worse, better, correct, wrong]),
    now: [...Array<number>(worse).fill(0), ...Array<number>(better).fill(1), ...list([correct, wrong, 0, 0])],
  };
}
