/** The details and the samples of each eval. Written in pieces, because a run may have 100,000 samples. */

import { describeAdaptation } from '../../model/adaptation.ts';
import { counted, duration, wholeNumber } from '../../model/format.ts';
import type { EvalResult, Interval } from '../../model/results.ts';
import { isTokenMetric } from '../../model/token-metrics.ts';
import { amount } from '../numbers.ts';
import { type Entry, tagsOf } from './entries.ts';
import { costText, rangeText, valueText } from './numbers.ts';
import { evalKeyOf, named, sentence, terms } from './parts.ts';
import { comparisonPill, statusPill } from './pills.ts';
import { saysCorrect } from './says-correct.ts';
import { type Bounds, ByteShares, type SelectedSamples } from './selection.ts';
import { elementId } from './shared/fragment.ts';
import { sampleElement } from './shared/sample-element.ts';
import { type SampleView, viewToJson } from './shared/sample-view.ts';
import { type Branch, type Child, h } from './shared/tree.ts';
import { jsonInHtml, toHtml } from './to-html.ts';

const MAX_METRICS = 60;

export function* samplesSections(selected: readonly SelectedSamples[], bounds: Bounds): Generator<string> {
  const elements = new ByteShares(bounds.staticBytes, total(selected, 'staticCount'));
  const carried = new ByteShares(bounds.bytes, total(selected, 'count'));
  yield '<section id="samples" aria-labelledby="samples-title"><h2 id="samples-title">Evals and their samples</h2>';
  yield '<p id="no-match" class="note" hidden>Nothing matches.</p>';
  for (const each of selected) {
    elements.add(each.staticCount);
    carried.add(each.count);
    yield* evalSection(each, elements, carried);
  }
  yield '</section>\n';
}

function total(selected: readonly SelectedSamples[], field: 'staticCount' | 'count'): number {
  return selected.reduce((sum, each) => sum + each[field], 0);
}

/** A `details` whose content is written piece by piece. */
function* evalSection(
  selected: SelectedSamples,
  elements: ByteShares,
  carried: ByteShares,
): Generator<string> {
  const { entry } = selected;
  const id = elementId({ evalKey: evalKeyOf(entry.result.key), sampleId: null });
  const [start, end] = around(
    h('details', { class: 'eval', id, 'data-eval': entry.number, 'data-tags': tagsOf(entry).join(' ') }),
  );
  yield `${start}${toHtml(summaryOf(selected))}<div class="eval-body">${toHtml(detailsOf(entry))}`;
  if (selected.ordered.length > 0) yield* samplesOf(selected, elements, carried);
  yield `</div>${end}\n`;
}

/** The tags of an element without content. */
function around(element: Branch): [start: string, end: string] {
  const end = `</${element.tag}>`;
  return [toHtml(element).slice(0, -end.length), end];
}

function* samplesOf(selected: SelectedSamples, elements: ByteShares, carried: ByteShares): Generator<string> {
  const { entry, ordered, views, staticCount, count } = selected;
  const shown: SampleView[] = [];
  yield '<div class="samples">';
  for (const sample of ordered.slice(0, staticCount)) {
    const view = views.viewOf(sample);
    const element = toHtml(
      sampleElement(view, { evalKey: evalKeyOf(entry.result.key), hasId: true, isOpen: false }),
    );
    if (!elements.take(element.length)) break;
    shown.push(view);
    yield element;
  }
  const left = ordered.length - shown.length;
  if (left > 0)
    yield toHtml(
      h(
        'p',
        { class: 'note' },
        `${counted(left, 'more sample')} of this eval: with its script, this page shows them.`,
      ),
    );
  yield `</div><script type="application/json" id="samples-${entry.number}">[`;
  let written = 0;
  for (const [index, sample] of ordered.slice(0, count).entries()) {
    const json = jsonInHtml(viewToJson(shown[index] ?? views.viewOf(sample)));
    if (!carried.take(json.length)) break;
    yield `${written > 0 ? ',\n' : ''}${json}`;
    written += 1;
  }
  yield ']</script>';
  if (written < ordered.length)
    yield toHtml(
      h(
        'p',
        { class: 'note cut' },
        `This page has ${wholeNumber(written)} of the ${counted(ordered.length, 'sample')} of this eval, those with problems first. The file samples.jsonl has all of them.`,
      ),
    );
}

function summaryOf({ entry, ordered }: SelectedSamples): Branch {
  const { result, comparison } = entry;
  return h(
    'summary',
    {},
    h('span', { class: 'eval-title' }, named(result.name)),
    statusPill(result.status),
    comparison && comparison.status !== 'within-noise' ? comparisonPill(comparison.status) : null,
    h('span', { class: 'muted count' }, countsText(entry, ordered.length)),
  );
}

function countsText({ result: { samples } }: Entry, recorded: number): string {
  const count = samples.total ?? recorded;
  if (count === 0) return 'no samples';
  return `${counted(count, 'sample')}${doubtsText(samples, count)}`;
}

function doubtsText({ outcomes }: EvalResult['samples'], count: number): string {
  if (!outcomes) return '';
  if (saysCorrect(outcomes)) return `, ${wholeNumber(count - outcomes.correct)} not correct`;
  const { unscored, errored } = outcomes;
  return [
    ...(unscored > 0 ? [`, ${wholeNumber(unscored)} unscored`] : []),
    ...(errored > 0 ? [`, ${wholeNumber(errored)} errored`] : []),
  ].join('');
}

function detailsOf(entry: Entry): Branch {
  const { result, comparison } = entry;
  const { requests, tokens, samples } = result;
  const rows: [string, Child][] = [
    ['Key', h('code', {}, named(result.key))],
    ...present('Class', result.evalClass, (text) => h('code', {}, named(text))),
    ...present('Judge', result.judge, named),
    ...(comparison ? [['Against the baseline', sentence(comparison.sentence)] as [string, Child]] : []),
    ...present('Why', result.decision?.reason || null, sentence),
    ...present('Note', result.note || null, sentence),
    ...present(
      'Coverage',
      samples.coverage,
      (coverage) => `${valueText(coverage, true)} of the samples are scored`,
    ),
    ...present(
      'Tokens',
      tokens,
      (used) =>
        `${amount(used.prompt)} prompt (${amount(used.cached)} cached), ${amount(used.completion)} completion (${amount(used.reasoning)} reasoning)`,
    ),
    ...present(
      'Requests',
      requests,
      (each) => `${wholeNumber(each.sent)} sent, ${wholeNumber(each.replayed)} replayed`,
    ),
    ...present('Cost', tokens && tokens.total > 0 ? result.cost : null, costText),
    ...present('Time', result.tookMs, duration),
    ...present('Adaptations', result.adaptations.length > 0 ? result.adaptations : null, (all) =>
      all
        .slice(0, MAX_METRICS)
        .map((each) => sentence(`${each.model}: ${describeAdaptation(each)}`))
        .join('; '),
    ),
    ...present('Replaced models', mappedText(result.replacedModels), (text) => text),
    ...metricRows(entry),
  ];
  return h('div', { class: 'eval-details' }, terms(rows), outcomeNote(result));
}

function outcomeNote({ samples: { outcomes }, judge, metrics }: EvalResult): Branch | null {
  if (Object.keys(metrics).length === 0 || (outcomes && saysCorrect(outcomes))) return null;
  const who = judge === null ? 'The class of this eval' : 'The judge of this eval';
  return h('p', { class: 'note' }, `${who} does not say whether a sample is correct.`);
}

function present<Value>(
  term: string,
  value: Value | null,
  describe: (value: Value) => Child,
): [string, Child][] {
  return value === null ? [] : [[term, describe(value)]];
}

export function mappedText(map: Readonly<Record<string, string>>): string | null {
  const pairs = Object.entries(map).slice(0, MAX_METRICS);
  return pairs.length === 0
    ? null
    : pairs.map(([from, to]) => `${named(from)} \u2192 ${named(to)}`).join(', ');
}

function metricRows({ result }: Entry): [string, Child][] {
  const intervals = new Map<string, Interval>(Object.entries(result.intervals));
  return Object.entries(result.metrics)
    .filter(([name]) => !isTokenMetric(name))
    .slice(0, MAX_METRICS)
    .map(([name, value]) => {
      const interval = intervals.get(name);
      return [
        named(name),
        `${valueText(value, false)}${interval ? ` (95 %: ${rangeText(interval, false)}, ${interval.method}, n = ${wholeNumber(interval.n)})` : ''}`,
      ];
    });
}
