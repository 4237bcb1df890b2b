/**
 * The schema of results.json. It checks files that are read, and `docs/results.schema.json` is made from it, so the descriptions
 * are for users.
 */
import { z } from 'zod';
import { MAX_RECORDED_ADAPTATIONS, MAX_RECORDED_MODELS } from '../model/completion-record.ts';
import {
  adaptation,
  cost,
  count,
  label,
  line,
  metricValue,
  named,
  number,
  sha256,
  text,
  time,
  tokenUsage,
} from './fields.ts';
import { estimate, shard } from './run-schema.ts';
import { prices, totals } from './totals-schema.ts';
import { verdictSchema } from './verdict-schema.ts';

/** No eval set has a hundredth as many. */
export const MAX_EVALS = 100_000;

const run = z
  .object({
    repository: line.describe('owner/name; empty outside a runner.'),
    id: line.describe('GITHUB_RUN_ID.'),
    attempt: count.describe('GITHUB_RUN_ATTEMPT, from 1.'),
    sha: z
      .string()
      .regex(/^[0-9a-f]{0,64}$/)
      .describe('The commit; empty outside a runner.'),
    ref: line.describe('The branch or tag, such as refs/heads/main.'),
    workflow: line.describe('Path of the workflow file, or the name of the workflow.'),
    job: line.describe('Id of the job in its workflow.'),
    started: time.describe('When the run started: ISO 8601, UTC.'),
    ended: time.describe('When the run ended: ISO 8601, UTC.'),
  })
  .describe('Where and when the run took place. Texts are empty outside a runner.');

const versions = z
  .object({
    action: line.describe('The version of oaievalset-action that wrote this file.'),
    evals: line.describe('The version of OpenAI Evals; empty when it is not known.'),
    python: line.nullable().describe('The version of Python; null when it is not known.'),
  })
  .describe('The programs that the results depend on.');

const interval = z
  .object({
    low: number,
    high: number,
    method: z.enum(['wilson', 't', 'bootstrap']).describe('How it is computed.'),
    n: count.describe('Samples that it is computed from.'),
  })
  .describe('A 95 % confidence interval.');

const mainMetric = z
  .object({
    name: label.describe('Its name in metrics.'),
    value: metricValue,
    interval: interval
      .nullable()
      .describe(
        'Its 95 % confidence interval; null when it is no mean over samples, or when there are fewer than ten.',
      ),
    higherIsBetter: z.boolean(),
  })
  .describe('The metric that reports show and comparisons use.');

const samples = z
  .object({
    total: count.nullable().describe('Evaluated samples; null when it is not known.'),
    outcomes: z
      .object({
        correct: count,
        incorrect: count,
        unscored: count.describe("Samples whose score could not be read from the judge's words."),
        errored: count.describe('Samples that raised an error.'),
      })
      .nullable()
      .describe('Samples by outcome; null when the class of the eval reports no outcomes.'),
    coverage: number
      .nullable()
      .describe(
        'Scored samples divided by all samples; null when the class of the eval reports nothing about samples.',
      ),
  })
  .describe('Numbers of samples.');

const error = z
  .object({
    type: line
      .nullable()
      .describe('The type of the exception, such as KeyError; null when none was printed.'),
    message: text.describe('What happened and why.'),
    place: z
      .object({
        file: line.describe(
          'The source file: relative to the checkout, or absolute when it is outside of it.',
        ),
        line: count.describe('The line, from 1.'),
      })
      .nullable()
      .describe("The last frame in the user's own code, or else in a class of evals."),
    sample: label.nullable().describe('The id of the sample that raised it.'),
    lastLines: z.array(text).max(1000).describe('The end of the output.'),
  })
  .describe('Why an eval failed.');

/** Of all evals together. */
const MAX_ALL_ADAPTATIONS = 100_000;

const evalResult = z
  .object({
    key: line.min(1).describe('The resolved key, such as test-match.s1.simple-v0.'),
    name: line.min(1).describe('The name, such as test-match.'),
    evalClass: line
      .nullable()
      .describe('The Python class, such as evals.elsuite.basic.match:Match; null when it is not known.'),
    status: z
      .enum(['fresh', 'reused', 'failed', 'pending', 'excluded'])
      .describe(
        'fresh: completed by this run. reused: completed by an earlier run. failed: ended its last attempt without a valid result. pending: neither completed nor failed. excluded: left out by the inputs include and exclude.',
      ),
    decision: z
      .object({
        kind: z.enum(['reuse', 'run']),
        reason: text.describe('Why it runs; empty when it is reused.'),
        parts: z.array(text).max(10_000).describe('The parts of its fingerprint that changed.'),
      })
      .nullable()
      .describe('Whether the eval was reused or had to run; null when it is not known.'),
    judge: line.nullable().describe('The model that grades the answers; null when no model does.'),
    metrics: named(metricValue, 10_000).describe(
      'As evals reported them. A nested value is named outer/inner.',
    ),
    mainMetric: mainMetric.nullable().describe('Null for an eval without results.'),
    intervals: named(interval, 10_000).describe('Intervals of the metrics that have one.'),
    samples,
    tokens: tokenUsage
      .extend({ total: count.describe('All tokens.') })
      .nullable()
      .describe('Tokens of the responses that completed it; null when they are not known.'),
    requests: z
      .object({ sent: count, replayed: count })
      .nullable()
      .describe('Requests that completed it; null when they were not counted.'),
    reusedAnswers: z
      .object({
        count: count.describe('They are among the replayed requests.'),
        oldest: line.describe('When the oldest of them was recorded. ISO 8601, UTC.'),
      })
      .optional()
      .describe('Kept answers of earlier runs (reuse-answers). Missing when there was none.'),
    cost: cost.describe(
      'US dollars of tokens, at the prices of the day of this run; null when a price is not known.',
    ),
    tookMs: number
      .nullable()
      .describe('Milliseconds of the attempt that completed it; null when they are not known.'),
    attempts: count.describe('Attempts in this run; 0 when it did not run.'),
    run: z
      .object({ id: line.describe('GITHUB_RUN_ID.'), attempt: count.describe('GITHUB_RUN_ATTEMPT.') })
      .nullable()
      .describe('The run that completed it.'),
    error: error.nullable().describe('Null unless it failed.'),
    note: text.describe(
      'Why it failed or is pending, or what is unusual about its completion; may be empty.',
    ),
    recorded: count.describe('Responses that the next run replays, of an eval that is not completed.'),
    adaptations: z
      .array(adaptation)
      .max(MAX_RECORDED_ADAPTATIONS)
      .describe('What was changed in requests because a model does not accept it.'),
    replacedModels: named(line, MAX_RECORDED_MODELS, line).describe(
      'Names that the model map replaced in its requests, and the live models.',
    ),
    comparable: named(sha256, 10_000, line).describe(
      'SHA-256 of each part that has to be the same in two runs if their results are to be compared.',
    ),
  })
  .describe('One eval.');

export const resultsSchema = z
  .object({
    version: z.literal(1).describe('The version of this format.'),
    run,
    versions,
    model: line.describe('The input model.'),
    evalSet: line.describe('The input eval-set.'),
    judgeModel: line.nullable().describe('The input judge-model; null when it is empty.'),
    modelMap: named(line, 10_000, line).describe(
      'The input model-map: names and the live models that replace them.',
    ),
    adaptations: z
      .array(adaptation)
      .max(MAX_ALL_ADAPTATIONS)
      .describe(
        'Each different change of requests, in any eval, because a model does not accept a parameter.',
      ),
    args: z.array(text).max(10_000).describe('Further arguments of oaieval.'),
    shard: shard.optional(),
    estimate: estimate.optional(),
    totals,
    prices: prices.optional(),
    evals: z.array(evalResult).max(MAX_EVALS).describe('In the order of the set; excluded evals last.'),
    verdict: verdictSchema,
  })
  .meta({
    title: 'results.json of oaievalset-action',
    description:
      'The results of one run of an OpenAI Evals eval set, with the verdict on its rules. Later versions of the action may add fields to version 1.',
  });
