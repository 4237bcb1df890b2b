/** Reads one line of the input `thresholds`: `[advisory:] [<eval glob>:] <metric> [drop] <operator> <value>`. */
import { shareChanged } from '../../model/similar-names.ts';
import { readDrop, readThreshold } from './read-comparison.ts';
import { readMetric } from './read-metric.ts';
import type { Rule } from './rule.ts';
import { RuleProblem } from './rule-problem.ts';
import { TokenReader } from './token-reader.ts';
import { type Token, tokensOf } from './tokens.ts';

/**
 * @param written the line, without white space around it
 * @param line its number, from 1
 * @throws RuleProblem
 */
export function parseRule(written: string, line: number): Rule {
  const reader = new TokenReader(tokensOf(written), written);
  const advisory = readAdvisory(reader);
  const glob = readGlob(reader);
  const metric = readMetric(reader, glob !== undefined);
  const common = { text: written, line, advisory };
  const target = { ...common, glob: glob?.text ?? null, metric: metric.name };
  if (reader.takeWord('drop')) return { ...target, kind: 'drop', ...readDrop(reader, metric) };
  const threshold = readThreshold(reader, metric);
  return metric.kind === 'run'
    ? { ...common, kind: 'run', metric: metric.name, threshold }
    : { ...target, kind: 'eval', source: metric.kind, threshold };
}

function readAdvisory(reader: TokenReader): boolean {
  const [first, second] = [reader.peek(), reader.peek(1)];
  if (first?.kind !== 'word' || second?.kind !== 'colon') return false;
  if (first.text !== 'advisory') {
    refuseSimilar(first);
    return false;
  }
  reader.take();
  reader.take();
  return true;
}

function refuseSimilar({ text, start }: Token): void {
  if (shareChanged(text.toLowerCase(), 'advisory') > 1 / 3) return;
  throw new RuleProblem(
    start,
    `There is no keyword ${text}.`,
    `Did you mean advisory:? If an eval has this name, write "${text}": with quotes.`,
  );
}

function readGlob(reader: TokenReader): Token | undefined {
  const [first, second] = [reader.peek(), reader.peek(1)];
  if (first?.kind === 'colon')
    throw new RuleProblem(
      first.start,
      'The evals before the colon are missing.',
      'Remove the colon, or write a glob such as test-*: before the metric.',
    );
  if (second?.kind !== 'colon' || first === undefined || first.kind === 'operator') return undefined;
  reader.take();
  reader.take();
  return first;
}
