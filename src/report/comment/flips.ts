/** Samples that changed against the baseline, with what was asked, expected and answered. Pure. */
import type { Report } from '../../model/report.ts';
import { NO_TEXTS, type SamplesByEval, type SampleTexts } from '../../model/sample.ts';
import { type EvalComparison, isWorse, type SampleFlip } from '../../model/verdict.ts';
import { shorten } from '../../text.ts';
import { code, fenced, html } from '../markdown-text.ts';
import { shortNumber } from '../result-text.ts';
import { folded } from '../summary/fit.ts';
import { wrapped } from './wrap.ts';

/** A change of one sample of one eval. */
export interface ChangedSample {
  readonly comparison: EvalComparison;
  readonly flip: SampleFlip;
}

export interface ChangedSamples {
  readonly of: 'degraded' | 'improved';
  /** Those that show why first, one of each eval in turn. */
  readonly samples: readonly ChangedSample[];
  /** With those of which a comparison only has the number. */
  readonly total: number;
}

/** Of the evals that degraded; when there are none, of those that improved. Other changes may be noise. */
export function changedSamples({ verdict }: Pick<Report, 'verdict'>): ChangedSamples {
  const evals = verdict.comparison?.evals ?? [];
  const of = evals.some(({ status }) => status === 'degraded') ? 'degraded' : 'improved';
  const chosen = evals.filter(({ status }) => status === of);
  const all = chosen.map((comparison) => comparison.flips.map((flip) => ({ comparison, flip })));
  const isTelling = ({ flip, comparison }: ChangedSample) =>
    isWorse(flip, comparison) === (of === 'degraded');
  return {
    of,
    samples: [
      ...inTurn(all.map((changes) => changes.filter(isTelling))),
      ...inTurn(all.map((changes) => changes.filter((change) => !isTelling(change)))),
    ],
    total: chosen.reduce((sum, { worse, better, flips }) => sum + Math.max(worse + better, flips.length), 0),
  };
}

/** The first of each list, then the second of each. */
function inTurn<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list.slice(at, at + 1))).flat();
}

/** A fold with the texts of the sample, or an item of a list when its texts may not be shown. */
export function changedSample({ comparison, flip }: ChangedSample, report: Report): string {
  const { key, name } = comparison;
  const now = textsOf(report.samples, key, flip.hash);
  const before = textsOf(report.baselineSamples, key, flip.hash);
  const title = `<code>${html(name, 200)}</code>, sample <code>${html(flip.id, 200)}</code>: ${change(flip)}`;
  const item = `- ${code(name, 200)}, sample ${code(flip.id, 200)}: ${change(flip)}`;
  const answers = [
    part('Expected', now.expected ?? before.expected),
    part('Before', before.answer ?? before.picked ?? before.error),
    part('Now', now.answer ?? now.picked ?? now.error),
  ].filter((text) => text !== '');
  const parts = [
    part('Prompt', now.prompt ?? before.prompt),
    // Short answers are easily compared in one line.
    ...(answers.some((text) => text.includes('\n')) ? answers : [answers.join(' · ')]),
    part('The judge before', before.judge, MAX_JUDGE_BYTES),
    part('The judge now', now.judge, MAX_JUDGE_BYTES),
  ].filter((text) => text !== '');
  return parts.length === 0 ? item : folded(title, [parts.join('\n\n')]).join('\n');
}

/** `correct → incorrect` */
function change({ outcomeBefore, outcomeNow, before, now }: SampleFlip): string {
  return outcomeBefore !== null && outcomeNow !== null && outcomeBefore !== outcomeNow
    ? `${outcomeBefore} → ${outcomeNow}`
    : `${shortNumber(before)} → ${shortNumber(now)}`;
}

function textsOf(samples: SamplesByEval, key: string, hash: string): SampleTexts {
  const ofEval = samples.get(key);
  const sample = ofEval?.samples.find((each) => each.hash === hash);
  return ofEval && sample ? ofEval.texts(sample) : NO_TEXTS;
}

const MAX_TEXT_BYTES = 3000;

/** No text of a sample is longer, because those who read records bound them. */
const MAX_JUDGE_BYTES = 60_000;

/** A text up to this length is shown in a line. */
const MAX_SHORT = 80;

/** GitHub does not break long lines of code: a reader would have to move each text. */
const LINE_CHARACTERS = 90;

function part(title: string, text: string | null, maxBytes = MAX_TEXT_BYTES): string {
  if (text === null) return '';
  const isShort = text.length <= MAX_SHORT && text.trim() !== '' && !/[`\n\r]/.test(text);
  return isShort
    ? `**${title}:** ${code(text)}`
    : `**${title}:**\n\n${fenced(wrapped(shorten(text, maxBytes), LINE_CHARACTERS), maxBytes)}`;
}
