/** The part of results.json about rules and the baseline. */
import { z } from 'zod';
import { MAX_FLIPS } from '../model/verdict.ts';
import { count, label, line, number, sampleOutcome, sha256, text, time } from './fields.ts';

const MAX_RULES = 10_000;
/** Of one rule, or of a comparison, which has the evals of two runs. */
const MAX_EVALS = 200_000;

const ruleStatus = z
  .enum(['met', 'missed', 'not-judged'])
  .describe('not-judged: there was nothing to compare, such as a metric that is missing or NaN.');

const rule = z
  .object({
    rule: text.describe('The rule, as it is written in the input thresholds.'),
    line: count.describe('Its line in the input thresholds, from 1.'),
    advisory: z.boolean().describe('An advisory rule never fails the step.'),
    status: ruleStatus,
    sentence: text.describe('What was found, with values, or why the rule is not judged.'),
    evals: z
      .array(
        z.object({
          key: line,
          name: line,
          status: ruleStatus,
          sentence: text,
          value: number.nullable().describe('The value that was compared; null when there is none.'),
        }),
      )
      .max(MAX_EVALS)
      .describe('Of each eval that the rule is about; empty for a rule about the whole run.'),
  })
  .describe('A rule of the input thresholds.');

const flip = z
  .object({
    id: label.describe('Id of the sample in this run.'),
    hash: sha256.describe('SHA-256 of what was asked and expected.'),
    before: number.describe('Its score in the baseline.'),
    now: number.describe('Its score in this run.'),
    outcomeBefore: sampleOutcome.nullable(),
    outcomeNow: sampleOutcome.nullable(),
  })
  .describe('A sample whose score differs from the baseline.');

const comparedEval = z
  .object({
    key: line,
    name: line,
    status: z
      .enum(['improved', 'degraded', 'within-noise', 'too-few', 'not-comparable', 'missing', 'incomplete'])
      .describe(
        'improved, degraded: the difference is beyond the tolerance and significant over the whole set. too-few: fewer than ten pairs. missing: only one run has the eval. incomplete: the eval has not completed.',
      ),
    metric: label.describe('The metric that is compared; empty when there is none.'),
    higherIsBetter: z.boolean(),
    sentence: text.describe('What was seen, and what would be needed to tell.'),
    before: number.nullable().describe('The metric in the baseline.'),
    now: number.nullable().describe('The metric in this run.'),
    difference: number.nullable().describe('Mean difference of the pairs, this run minus the baseline.'),
    differenceInterval: z
      .object({ low: number, high: number })
      .nullable()
      .describe('The 95 % confidence interval of the difference.'),
    pairs: count.describe('Samples with the same content in both runs.'),
    onlyNow: count.describe('Samples that only this run has.'),
    onlyBefore: count.describe('Samples that only the baseline has.'),
    worse: count.describe('Pairs whose score got worse.'),
    better: count.describe('Pairs whose score got better.'),
    p: number.nullable().describe('Two-sided p-value; null when no test was made.'),
    adjustedP: number.nullable().describe("The p-value after Holm's correction over the evals of the set."),
    flipsNeeded: count.nullable().describe('How many samples would have to flip one way to tell.'),
    smallestDrop: number
      .nullable()
      .describe('The smallest drop that so many pairs can show with a power of 80 %.'),
    flips: z
      .array(flip)
      .max(MAX_FLIPS)
      .describe(`The pairs that got worse, then those that got better, at most ${MAX_FLIPS}.`),
  })
  .describe('The comparison of one eval with the baseline, by its main metric.');

const comparison = z
  .object({
    source: z
      .object({
        path: text.describe('The input baseline.'),
        runId: line.describe('GITHUB_RUN_ID of the run that was approved.'),
        sha: line,
        ref: line,
        model: line,
        ended: time.describe('When that run ended: ISO 8601, UTC.'),
      })
      .nullable()
      .describe('Where the baseline comes from; null when it cannot be used.'),
    problem: text.nullable().describe('Why nothing is compared; null when evals are compared.'),
    hasSamples: z
      .boolean()
      .describe('Whether samples are paired, which needs samples.jsonl beside the baseline.'),
    evals: z.array(comparedEval).max(MAX_EVALS).describe('Of each eval of this run and of the baseline.'),
    overall: z
      .object({
        before: number.describe('The rate of the baseline over the pairs, from 0 to 1.'),
        now: number.describe('The rate of this run over the pairs, from 0 to 1.'),
        difference: number,
        low: number,
        high: number,
        pairs: count,
        worse: count,
        better: count,
      })
      .nullable()
      .describe('The difference over all samples of all evals, with its 95 % confidence interval.'),
  })
  .describe('The comparison with the baseline.');

export const verdictSchema = z
  .object({
    status: z
      .enum(['passed', 'failed', 'incomplete'])
      .describe(
        'passed: every eval is completed, and every required rule is met. failed: an eval failed, or a required rule is missed or cannot be judged. incomplete: no eval failed, and some are pending.',
      ),
    sentence: text.describe('The verdict in one line, with all counts.'),
    rules: z.array(rule).max(MAX_RULES).describe('In the order of the input thresholds.'),
    comparison: comparison.nullable().describe('Null when there is no baseline.'),
    overall: z
      .object({
        metric: label,
        rate: number.describe('From 0 to 1.'),
        low: number,
        high: number,
        n: count.describe('Samples.'),
      })
      .nullable()
      .describe(
        'The rate over all samples of all evals, with its 95 % interval; null when their main metrics differ.',
      ),
  })
  .describe('What the run is worth.');
