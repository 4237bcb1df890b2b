/** Runs that differ by chance alone, and runs that are worse by as much as can be seen. The seeds are fixed, so nothing here flakes. */
import { expect, test } from 'vitest';
import { compareEvals } from '../../../../src/gate/comparison/compare-evals.ts';
import { mcnemar } from '../../../../src/gate/statistics/mcnemar.ts';
import { Random } from '../../../../src/gate/statistics/random.ts';
import { smallestDrop } from '../../../../src/gate/statistics/smallest-drop.ts';
import type { EvalResult } from '../../../../src/model/results.ts';
import type { EvalSamples } from '../../../../src/model/sample.ts';
import { baselineOf, evalOf, samplesOf } from './two-runs.ts';

/** Draws the score of a sample in one run; the easier it is, from 0 to 1, the higher. */
type Draw = (easiness: number, random: Random) => number;

interface Simulation {
  readonly sets: number;
  readonly evals: number;
  readonly samples: number;
  readonly draw: Draw;
  /** How much harder each sample is in the run than in the baseline. */
  readonly drop?: number;
}

/** In how many sets at least one eval is called degraded. */
function alarmedSets({ sets, evals, samples, draw, drop = 0 }: Simulation): number {
  const random = new Random(15);
  let alarmed = 0;
  for (let set = 0; set < sets; set += 1) {
    const [now, before] = [new Run(), new Run()];
    for (let index = 0; index < evals; index += 1) {
      const easiness = Array.from({ length: samples }, () => easinessOf(random));
      now.add(
        `eval-${index}`,
        easiness.map((each) => draw(each - drop, random)),
      );
      before.add(
        `eval-${index}`,
        easiness.map((each) => draw(each, random)),
      );
    }
    const found = compareEvals({
      evals: now.evals,
      samples: now.samples,
      baseline: baselineOf(before.evals, before.samples),
      tolerance: 0,
    });
    expect(found.every(({ pairs }) => pairs === samples)).toBe(true);
    if (found.some(({ status }) => status === 'degraded')) alarmed += 1;
  }
  return alarmed;
}

/** Most samples are nearly always answered well, some nearly never, and some now and then. */
function easinessOf(random: Random): number {
  const kind = random.uniform();
  return kind < 0.6 ? 0.98 : kind < 0.8 ? 0.03 : random.uniform();
}

class Run {
  readonly evals: EvalResult[] = [];
  readonly samples = new Map<string, EvalSamples>();

  add(name: string, scores: readonly number[]): void {
    const result = evalOf(name, scores);
    this.evals.push(result);
    this.samples.set(result.key, samplesOf(scores));
  }
}

const rate: Draw = (easiness, random) => (random.uniform() < easiness ? 1 : 0);
/** A score like that of overlapping words: between 0 and 1, and often at an end. */
const overlap: Draw = (easiness, random) => Math.min(1, Math.max(0, easiness + 0.3 * random.normal()));
/** A score with rare, large values, such as a number of edits. */
const skewed: Draw = (easiness, random) => easiness + Math.exp(1.5 * random.normal());

test.for([
  { of: 'rates', sets: 100, evals: 28, samples: 100, draw: rate },
  { of: 'rates of few samples', sets: 200, evals: 28, samples: 12, draw: rate },
  { of: 'scores between 0 and 1', sets: 40, evals: 12, samples: 60, draw: overlap },
  { of: 'skewed scores', sets: 40, evals: 12, samples: 30, draw: skewed },
])(
  'compareEvals: two runs of the same model: at most 5 % of sets of $of have a degraded eval',
  (simulation) => {
    expect(alarmedSets(simulation) / simulation.sets).toBeLessThanOrEqual(0.05);
  },
);

test.for([
  { of: 'rates', sets: 20, evals: 3, samples: 200, draw: rate, drop: 0.25 },
  { of: 'scores between 0 and 1', sets: 20, evals: 3, samples: 60, draw: overlap, drop: 0.25 },
])('compareEvals: a large drop of $of is found in every set', (simulation) => {
  expect(alarmedSets(simulation)).toBe(simulation.sets);
});

const RUNS = 2000;

/** The share of runs in which McNemar's test finds that a rate fell by `drop`. */
function power(n: number, drop: number): number {
  const random = new Random(n);
  const discordant = Math.max(0.1, drop);
  const worseShare = (discordant + drop) / 2;
  let found = 0;
  for (let run = 0; run < RUNS; run += 1) {
    let [worse, better] = [0, 0];
    for (let pair = 0; pair < n; pair += 1) {
      const chance = random.uniform();
      if (chance < worseShare) worse += 1;
      else if (chance < discordant) better += 1;
    }
    if (worse > better && mcnemar(worse, better) < 0.05) found += 1;
  }
  return found / RUNS;
}

test.for([30, 100, 300, 1000])(
  'smallestDrop: of %i pairs, such a drop is found in about four of five runs',
  (n) => {
    const share = power(n, smallestDrop(n));
    expect(share).toBeGreaterThan(0.74);
    expect(share).toBeLessThan(0.82);
  },
);

test('smallestDrop: half of it is found in less than half of the runs', () => {
  expect(power(300, smallestDrop(300) / 2)).toBeLessThan(0.5);
});
