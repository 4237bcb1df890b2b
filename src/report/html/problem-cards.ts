/** Cards of evals that failed, degraded or missed a rule, with their causes and flips. */
import { asSentence, counted, duration, probabilityText, wholeNumber } from '../../model/format.ts';
import type { EvalResult } from '../../model/results.ts';
import type { EvalComparison } from '../../model/verdict.ts';
import { oneLine, printable, shorten } from '../../text.ts';
import { withoutName } from '../result-text.ts';
import type { RowRule } from '../rows.ts';
import { RULE_WORDS } from '../words.ts';
import type { Entry } from './entries.ts';
import { differencePicture } from './interval-picture.ts';
import { differenceRangeText, differenceText, isRateComparison, valueText } from './numbers.ts';
import { evalKeyOf, evalLink, named, sentence } from './parts.ts';
import { pill, RULE_TONES, STATUS_TONES, statusPill } from './pills.ts';
import type { SelectedSamples } from './selection.ts';
import { sampleElement } from './shared/sample-element.ts';
import { type Branch, type Child, h, type Tree } from './shared/tree.ts';

type Cause = NonNullable<EvalResult['error']>;

/** Of one eval; the further ones are among its samples. */
const MAX_FLIPS = 5;
/** Of all evals. */
const MAX_ALL_FLIPS = 150;

const MAX_LINE_BYTES = 1000;
const MAX_LAST_LINES = 30;
const MAX_MESSAGE_BYTES = 3000;

/** In the order of the evals. */
export function problemCards(selected: readonly SelectedSamples[]): Branch[] {
  const cards: Branch[] = [];
  let flipsLeft = MAX_ALL_FLIPS;
  for (const each of selected) {
    const { status } = each.entry;
    if (status === 'failed') cards.push(failedCard(each.entry));
    else if (status === 'degraded' || status === 'missed' || status === 'not-judged') {
      const { element, flips } = doubtCard(each, Math.min(MAX_FLIPS, flipsLeft));
      flipsLeft -= flips;
      cards.push(element);
    }
  }
  return cards;
}

function failedCard(entry: Entry): Branch {
  const { result } = entry;
  const error = result.error ?? {
    type: null,
    message: result.note,
    place: null,
    sample: null,
    lastLines: [],
  };
  return card(entry, [
    h(
      'p',
      { class: 'error-message' },
      error.type === null ? null : h('code', {}, named(error.type)),
      error.type === null ? null : ': ',
      messageOf(error),
    ),
    h(
      'p',
      { class: 'facts' },
      ...placeOf(error),
      ...(result.attempts > 0 ? [h('span', {}, counted(result.attempts, 'attempt'))] : []),
      ...(result.recorded > 0
        ? [h('span', {}, `${counted(result.recorded, 'response')} recorded, which the next run replays`)]
        : []),
    ),
    error.type === null && result.note !== '' && result.note !== error.message
      ? h('p', { class: 'note' }, asSentence(sentence(result.note)))
      : null,
    lastLines(error),
  ]);
}

/** An exception's own words remain as they are. */
function messageOf({ type, message }: Cause): string {
  const text = oneLine(message, MAX_MESSAGE_BYTES);
  return type === null ? asSentence(text) : text;
}

function placeOf({ place, sample }: Cause): Tree[] {
  return [
    ...(place === null ? [] : [h('span', {}, 'in ', h('code', {}, `${named(place.file)}:${place.line}`))]),
    ...(sample === null ? [] : [h('span', {}, 'at sample ', h('code', {}, named(sample)))]),
  ];
}

function lastLines({ lastLines: lines }: Cause): Tree | null {
  if (lines.length === 0) return null;
  const shown = lines.slice(-MAX_LAST_LINES).map((line) => printable(shorten(line, MAX_LINE_BYTES)));
  return h(
    'details',
    {},
    h('summary', {}, `The last ${counted(shown.length, 'line')} of its output`),
    h('pre', {}, shown.join('\n')),
  );
}

/** Of an eval that is completed, and whose result is not what it should be. */
function doubtCard(selected: SelectedSamples, mostFlips: number): { element: Branch; flips: number } {
  const { entry } = selected;
  const { comparison, unmet } = entry;
  const flips = comparison ? flipElements(selected, comparison, mostFlips) : [];
  const element = card(entry, [
    comparison && comparison.difference !== null ? differenceLine(comparison, entry) : null,
    comparison && !saysIt(unmet, comparison) ? h('p', {}, sentence(comparison.sentence)) : null,
    ...unmet.map((each) =>
      h(
        'p',
        {},
        pill(RULE_TONES[each.status], `Rule ${RULE_WORDS[each.status]}`),
        ' ',
        h('code', {}, named(each.rule)),
        ' ',
        sentence(withoutName(each.sentence, each.name)),
      ),
    ),
    flips.length === 0 || !comparison ? null : flipList(comparison, flips),
  ]);
  return { element, flips: flips.length };
}

/** Whether a rule about the difference from the baseline says what the comparison says. */
function saysIt(unmet: readonly RowRule[], comparison: EvalComparison): boolean {
  return unmet.some((each) => withoutName(each.sentence, each.name).startsWith(comparison.sentence));
}

function differenceLine(comparison: EvalComparison, { result }: Entry): Branch {
  const { metric, before, now, difference, differenceInterval, adjustedP, pairs, worse, better } = comparison;
  const asRate = isRateComparison(comparison, result.mainMetric);
  const text = difference === null ? '' : differenceText(difference, asRate);
  const interval = differenceInterval ? `95 %: ${differenceRangeText(differenceInterval, asRate)}` : '';
  const words = `difference ${text}, ${interval}`;
  return h(
    'div',
    { class: 'difference' },
    h(
      'span',
      { class: 'before-now' },
      `${named(metric)} `,
      before === null ? '' : valueText(before, asRate),
      ' \u2192 ',
      h('b', {}, now === null ? '' : valueText(now, asRate)),
    ),
    difference !== null && differenceInterval
      ? differencePicture(difference, differenceInterval, words)
      : null,
    h('span', {}, h('b', {}, text), interval === '' ? '' : ` (${interval})`),
    h(
      'span',
      { class: 'muted' },
      `${counted(pairs, 'pair')}, ${wholeNumber(worse)} worse, ${wholeNumber(better)} better${adjustedP === null ? '' : `, p ${probabilityText(adjustedP)}`}`,
    ),
  );
}

function flipElements(
  { ordered, views, entry }: SelectedSamples,
  { flips }: EvalComparison,
  most: number,
): Branch[] {
  const byId = new Map(ordered.map((sample) => [sample.id, sample]));
  return flips
    .slice(0, most)
    .flatMap(({ id }) => byId.get(id) ?? [])
    .map((sample, index) =>
      sampleElement(views.viewOf(sample), {
        evalKey: evalKeyOf(entry.result.key),
        hasId: false,
        isOpen: index === 0,
      }),
    );
}

function flipList({ worse, better }: EvalComparison, shown: readonly Branch[]): Branch {
  const hidden = worse + better - shown.length;
  return h(
    'div',
    { class: 'flips' },
    h('h4', {}, `Samples that got worse (${wholeNumber(worse)}) or better (${wholeNumber(better)})`),
    ...shown,
    hidden > 0
      ? h(
          'p',
          { class: 'note' },
          `${counted(hidden, 'more sample')} differ${hidden === 1 ? 's' : ''} from the baseline: see the samples of this eval.`,
        )
      : null,
  );
}

function card(entry: Entry, content: readonly Child[]): Branch {
  const { result, status } = entry;
  const took = result.tookMs === null ? null : h('span', { class: 'muted' }, duration(result.tookMs));
  return h(
    'article',
    { class: `card ${STATUS_TONES[status]}`, 'data-eval': entry.number },
    h('h3', {}, statusPill(status), evalLink(entry), took),
    ...content,
  );
}
