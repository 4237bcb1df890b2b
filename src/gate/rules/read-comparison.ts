/** Reads the operator and the value of a rule. */
import { shareChanged } from '../../model/similar-names.ts';
import { type WrittenNumber, writtenNumber } from './number.ts';
import type { Metric } from './read-metric.ts';
import type { DropRule, Operator, Threshold } from './rule.ts';
import { RuleProblem } from './rule-problem.ts';
import type { TokenReader } from './token-reader.ts';
import type { Token } from './tokens.ts';

const OPERATORS: ReadonlySet<string> = new Set<Operator>(['>', '>=', '<', '<=', '==']);

/** What people write instead. */
const MEANT: ReadonlyMap<string, string> = new Map([
  ['=>', '>='],
  ['=<', '<='],
  ['=', '== or >='],
  ['===', '=='],
  ['>>', '>'],
  ['>==', '>='],
  ['<==', '<='],
  ['<<', '<'],
  ...[...'≥≧⩾'].map((sign) => [sign, '>='] as const),
  ...[...'≤≦⩽'].map((sign) => [sign, '<='] as const),
]);

/** @throws RuleProblem */
export function readThreshold(reader: TokenReader, metric: Metric): Threshold {
  const operator = readOperator(reader, metric);
  const { token, number } = readNumber(reader, operator);
  const { value, suffix, digits } = number;
  const refuse = (why: string, instead: string) => new RuleProblem(token.start, why, instead);
  if (suffix === 'pp')
    throw refuse(
      'Percentage points (pp) are for a drop only.',
      `Write ${digits}%, or compare with the baseline: accuracy drop <= ${digits}pp.`,
    );
  const isCount = metric.kind === 'run' || metric.name === 'samples';
  if (metric.kind !== 'report' && isCount && suffix === '%')
    throw refuse(`${metric.name} is a count, not a share.`, 'Write a number, such as 500 or 2M.');
  if (metric.kind === 'samples' && metric.name === 'coverage' && (value < 0 || value > 1))
    throw refuse(
      'coverage is the share of samples that have a score, from 0 to 1.',
      value > 1 && value <= 100
        ? `Write ${digits}%.`
        : 'Write a number from 0 to 1, or a percentage, such as 95%.',
    );
  return { operator, value, unit: suffix === '%' ? 'percent' : 'number' };
}

/** @throws RuleProblem */
export function readDrop(reader: TokenReader, metric: Metric): Pick<DropRule, 'tolerance' | 'unit'> {
  if (metric.kind !== 'report')
    throw new RuleProblem(
      reader.peek(-1)?.start ?? 0,
      `A drop of ${metric.name} is not compared with the baseline.`,
      `Name a metric that evals report, such as accuracy drop <= 2pp, or limit it: ${metric.name} ${metric.kind === 'run' ? '<= 2M' : '>= 0.95'}.`,
    );
  const at = reader.peek();
  const operator = readOperator(reader, metric);
  if (operator !== '<=' && operator !== '<')
    throw new RuleProblem(
      at?.start ?? 0,
      `A drop is limited with <=, not with ${operator}.`,
      'Write the largest drop that you accept, such as accuracy drop <= 2pp.',
    );
  const { token, number } = readNumber(reader, operator);
  const { value, suffix, digits } = number;
  const refuse = (why: string, instead: string) => new RuleProblem(token.start, why, instead);
  if (suffix === '%')
    throw refuse(
      `${digits}% of a drop could mean percentage points, or a share of the baseline.`,
      `Write ${digits}pp for percentage points: pp after a number means them.`,
    );
  if (value < 0)
    throw refuse(
      'The largest drop is below 0.',
      'Write how much may be lost as a positive number, such as 2pp.',
    );
  if (value === 0 && operator === '<')
    throw refuse('No drop is smaller than 0.', `Write drop <= 0${suffix} to accept none.`);
  return { tolerance: value, unit: suffix === 'pp' ? 'points' : 'number' };
}

function readOperator(reader: TokenReader, metric: Metric): Operator {
  const token = reader.peek();
  if (token?.kind !== 'operator') throw noOperator(reader, metric);
  const next = reader.peek(1);
  const written = next?.kind === 'operator' ? `${token.text}${next.text}` : token.text;
  if (written === token.text && isOperator(written)) {
    reader.take();
    return written;
  }
  const meant = isOperator(written) ? `${written} without a blank` : MEANT.get(written);
  throw reader.problem(
    next?.kind === 'operator' && isOperator(written)
      ? `A blank divides the operator ${written}.`
      : `There is no operator ${written}.`,
    meant ? `Did you mean ${meant}?` : 'Write one of >, >=, <, <= and ==.',
  );
}

function isOperator(text: string): text is Operator {
  return OPERATORS.has(text);
}

/** What stands where the operator should be. */
function noOperator(reader: TokenReader, { name }: Metric): RuleProblem {
  const token = reader.peek();
  if (token === undefined)
    return reader.problem(
      'The operator and the number are missing.',
      'Write what is required, such as accuracy >= 0.8.',
    );
  if (token.kind === 'colon')
    return reader.problem(
      'A second colon is no part of a rule.',
      'Remove it. Write a name that contains a colon in quotes.',
    );
  if (token.kind === 'word' && writtenNumber(token.text))
    return reader.problem(
      `The operator before ${token.text} is missing.`,
      'Write one of >, >=, <, <= and == before the number.',
    );
  if (token.kind === 'word' && shareChanged(token.text.toLowerCase(), 'drop') <= 1 / 3)
    return reader.problem(`There is no keyword ${token.text}.`, 'Did you mean drop?');
  return reader.problem(
    `An operator is expected after ${name}.`,
    'Write one of >, >=, <, <= and ==. Write a name that contains blanks in quotes.',
  );
}

function readNumber(reader: TokenReader, operator: Operator): { token: Token; number: WrittenNumber } {
  const token = reader.peek();
  if (token === undefined)
    throw reader.problem(
      `The number after ${operator} is missing.`,
      'Write a number, such as 0.8, 90% or 2M.',
    );
  reader.take();
  const suffix = reader.peek();
  const hasSuffix = suffix?.kind === 'word' && /^(?:%|pp|k|m)$/i.test(suffix.text);
  if (hasSuffix) reader.take();
  const text = hasSuffix ? `${token.text}${suffix.text}` : token.text;
  const number = token.kind === 'word' ? writtenNumber(text) : undefined;
  if (number === undefined) throw notANumber(token, text);
  if (!Number.isFinite(number.value))
    throw new RuleProblem(token.start, 'The number is too large.', 'Write a smaller number.');
  refuseMore(reader);
  return { token, number };
}

function notANumber({ start, kind }: Token, text: string): RuleProblem {
  const refuse = (why: string, instead: string) => new RuleProblem(start, why, instead);
  if (kind === 'quoted') return refuse('The number is in quotes.', 'Write the number without quotes.');
  if (kind !== 'word') return refuse(`"${text}" is no number.`, 'Write a number, such as 0.8, 90% or 2M.');
  if (/^[-+]?\d{1,3},\d{3}$/.test(text))
    return refuse(
      `The comma in ${text} could be one of thousands or of decimals.`,
      `Write ${text.replace(',', '_')} or ${text.replace(',', '.')}.`,
    );
  if (/^[-+]?\d{1,3}(,\d{3})+$/.test(text))
    return refuse('Commas do not group thousands here.', `Write ${text.replaceAll(',', '_')}.`);
  const withPoint = text.replace(',', '.');
  if (withPoint !== text && writtenNumber(withPoint))
    return refuse('Decimals begin with a point, not with a comma.', `Write ${withPoint}.`);
  return refuse(`"${text}" is no number.`, 'Write a number, such as 0.8, 90% or 2M.');
}

/** Nothing follows the number. */
function refuseMore(reader: TokenReader): void {
  const token = reader.peek();
  if (token === undefined) return;
  if (token.text.startsWith('#'))
    throw reader.problem('A comment cannot follow a rule.', 'Write the comment into a line of its own.');
  throw reader.problem(
    `The rule ends before "${token.text}".`,
    'Write one comparison a line, and nothing after its number.',
  );
}
