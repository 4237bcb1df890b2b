/** Reads the metric of a rule, and refuses what only looks like one. */
import { shareChanged } from '../../model/similar-names.ts';
import { writtenNumber } from './number.ts';
import type { RunMetric } from './rule.ts';
import { RuleProblem } from './rule-problem.ts';
import type { TokenReader } from './token-reader.ts';
import type { Token } from './tokens.ts';

export type Metric =
  | { readonly kind: 'report'; readonly name: string }
  | { readonly kind: 'samples'; readonly name: 'coverage' | 'samples' }
  | { readonly kind: 'run'; readonly name: RunMetric };

/** Metrics that this action counts itself. In quotes, their names are those of metrics that evals report. */
const COUNTED: ReadonlyMap<string, Metric> = new Map<string, Metric>([
  ['coverage', { kind: 'samples', name: 'coverage' }],
  ['samples', { kind: 'samples', name: 'samples' }],
  ['total-tokens', { kind: 'run', name: 'total-tokens' }],
  ['requests-sent', { kind: 'run', name: 'requests-sent' }],
]);

/** The names of metrics that rules can use in addition to those of evals. */
export const COUNTED_METRICS: readonly string[] = [...COUNTED.keys()];

/** Deviations that evals draws at random without a seed: `boostrap_std` [sic], `bootstrap_std_target_50%`. */
const RANDOM_NOISE = /(?:^|\/)boo?t?strap_std/i;

/**
 * @param hasGlob whether the rule names evals
 * @throws RuleProblem
 */
export function readMetric(reader: TokenReader, hasGlob: boolean): Metric {
  const token = reader.peek();
  if (token === undefined || token.kind === 'operator')
    throw reader.problem('The metric is missing.', 'Write a metric, such as accuracy, before the operator.');
  if (token.kind === 'colon')
    throw reader.problem(
      'A second colon is no part of a rule.',
      'Remove it. Write a name that contains a colon in quotes.',
    );
  if (RANDOM_NOISE.test(token.text)) throw randomNoise(token);
  if (token.kind === 'word') refuseWord(token, reader);
  const metric = (token.kind === 'word' && COUNTED.get(token.text)) || { kind: 'report', name: token.text };
  if (metric.kind === 'run' && hasGlob)
    throw new RuleProblem(
      token.start,
      `${metric.name} is of the whole run, not of an eval.`,
      'Remove the glob and the colon before it.',
    );
  reader.take();
  return metric;
}

function randomNoise({ text, start }: Token): RuleProblem {
  return new RuleProblem(
    start,
    `${text} is the noise of a metric, and evals draws it at random: it differs between runs with the same answers.`,
    'Name the metric itself. Rules with drop take its noise into account, such as accuracy drop <= 2pp.',
  );
}

/** Without quotes, some words are certainly mistakes. */
function refuseWord(token: Token, reader: TokenReader): void {
  const { text, start } = token;
  const next = reader.peek(1);
  const refuse = (why: string, instead: string) => new RuleProblem(start, why, instead);
  if (writtenNumber(text))
    throw refuse(
      `"${text}" is a number, where a metric is expected.`,
      'Write the metric first, then the operator and the number: accuracy >= 0.8.',
    );
  if (text === '-' && next !== undefined)
    throw refuse('A hyphen begins no rule.', 'Write one rule a line, without a hyphen before it.');
  if (text.includes('*'))
    throw refuse(
      `${text} is a glob, where a metric is expected.`,
      `Write a metric after it: ${text}: accuracy >= 0.8. Without a glob, a rule is about every eval.`,
    );
  if (text === 'advisory')
    throw next?.kind === 'colon'
      ? refuse(
          'advisory: is not at the start.',
          'Write it before the evals: advisory: test-*: accuracy >= 0.8.',
        )
      : refuse('The colon after advisory is missing.', 'Write advisory: with a colon.');
  if (text === 'drop' && next?.kind === 'operator')
    throw refuse('The metric before drop is missing.', 'Write the metric first: accuracy drop <= 2pp.');
  if (text === 'cost')
    throw refuse('The cost of a run cannot be judged.', 'Limit what it depends on: total-tokens <= 2M.');
  const meant = similarCounted(text);
  if (meant !== undefined)
    throw refuse(
      `There is no metric ${text}.`,
      `Did you mean ${meant}? If evals report a metric of this name, write "${text}" with quotes.`,
    );
}

/** At most one character is different, as in `total_tokens`. Two make another word: average is not coverage. */
function similarCounted(word: string): string | undefined {
  if (COUNTED.has(word)) return undefined;
  const plain = plainName(word);
  return COUNTED_METRICS.find((name) => {
    const other = plainName(name);
    return Math.round(shareChanged(plain, other) * Math.max(plain.length, other.length)) <= 1;
  });
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '');
}
