/** The top of the page: the verdict, its figures, and the rules. Pure. */
import { VERDICT_WORDS } from '../../gate/describe-verdict.ts';
import type { TokenUsage } from '../../model/api-response.ts';
import { capitalised, counted, dollars, listed, wholeNumber } from '../../model/format.ts';
import type { Report } from '../../model/report.ts';
import type { Results } from '../../model/results.ts';
import type { RuleVerdict, Verdict } from '../../model/verdict.ts';
import { refName, shortSha } from '../commit-name.ts';
import { hasPrices, savedCost } from '../costs.ts';
import { savedTokens } from '../figures.ts';
import { commitUrl, runUrl } from '../links.ts';
import { amount } from '../numbers.ts';
import { withoutName } from '../result-text.ts';
import { RULE_WORDS } from '../words.ts';
import {
  costText,
  differenceRangeText,
  differenceText,
  rangeText,
  timeText,
  unbroken,
  valueText,
} from './numbers.ts';
import { link, named, section, sentence, subjectOf } from './parts.ts';
import { rulePill, VERDICT_TONES } from './pills.ts';
import { type Branch, type Child, h, type Tree } from './shared/tree.ts';

export function pageHeader({ results, links }: Report): Branch {
  const { run } = results;
  const ref = named(refName(run.ref));
  const sha = shortSha(named(run.sha));
  const where: Child[] = [
    ...(run.repository === '' ? [] : [h('span', {}, named(run.repository))]),
    ...(sha === ''
      ? []
      : [h('span', {}, ...(ref === '' ? [] : [ref, ' at ']), link(commitUrl(links, run.sha), sha))]),
    ...(links.runId === '' ? [] : [link(runUrl(links, links.runId), `Run ${named(links.runId)}`)]),
    h('time', {}, timeText(run.ended)),
  ];
  return h(
    'header',
    { class: 'page-header' },
    h('p', { class: 'subject' }, h('b', {}, subjectOf(results))),
    h('p', { class: 'where' }, ...where),
  );
}

export function verdictSection({ verdict }: Report): Branch {
  const word = VERDICT_WORDS[verdict.status];
  const text = sentence(verdict.sentence);
  const isNamed = text.startsWith(`${word}:`) || text.startsWith(`${word}.`);
  return h(
    'section',
    { id: 'verdict', class: `verdict ${VERDICT_TONES[verdict.status]}` },
    h(
      'h1',
      {},
      h('span', { class: 'verdict-word' }, word),
      ' ',
      isNamed ? capitalised(text.slice(word.length + 1).trim()) : text,
    ),
  );
}

/** Of which no price is known. */
const MAX_MODELS = 5;

export function figures({ results, verdict }: Report): Branch {
  const { totals } = results;
  return h(
    'dl',
    { class: 'figures' },
    ...overallFigures(verdict),
    figure(
      'Tokens',
      unbroken(amount(total(totals.tokens))),
      `${amount(totals.tokens.prompt)} prompt, ${amount(totals.tokens.completion)} completion`,
    ),
    ...(hasPrices(results) ? [figure('Cost', costText(totals.cost), costNote(results))] : []),
    savedFigure(results),
  );
}

function costNote({ totals, prices }: Results): string {
  const unknown = prices?.unknown ?? [];
  if (totals.cost === null && unknown.length > 0)
    return `No price is known of ${named(listed(unknown, MAX_MODELS))}.`;
  return prices?.list
    ? `Of the responses of this run, at prices of ${prices.list.date}.`
    : 'Of the responses of this run.';
}

function savedFigure(results: Results): Branch {
  const cost = hasPrices(results) ? savedCost(results) : null;
  const tokens = unbroken(amount(savedTokens(results)));
  const { requests, evals } = results.totals;
  const sources = [
    ...(requests.replayed > 0 ? [counted(requests.replayed, 'replayed response')] : []),
    ...(evals.reused > 0 ? [counted(evals.reused, 'reused eval')] : []),
  ];
  return figure(
    'Saved by resuming',
    cost === null || cost === 0 ? tokens : dollars(cost),
    sources.length === 0
      ? 'No response was replayed, and no eval reused.'
      : `${cost === null || cost === 0 ? '' : `${tokens} `}tokens of ${sources.join(' and ')}`,
  );
}

function overallFigures({ overall, comparison }: Verdict): Tree[] {
  const difference = comparison?.overall ?? null;
  return [
    ...(overall
      ? [
          figure(
            `Overall ${named(overall.metric)}`,
            valueText(overall.rate, true),
            `95 %: ${rangeText(overall, true)}, ${counted(overall.n, 'sample')}`,
          ),
        ]
      : []),
    ...(difference
      ? [
          figure(
            'Against the baseline',
            differenceText(difference.difference, true),
            `${valueText(difference.before, true)} \u2192 ${valueText(difference.now, true)}, 95 %: ${differenceRangeText(difference, true)}`,
          ),
          figure(
            'Pairs',
            wholeNumber(difference.pairs),
            `${wholeNumber(difference.worse)} worse, ${wholeNumber(difference.better)} better`,
          ),
        ]
      : []),
  ];
}

function figure(name: string, value: string, note: string): Branch {
  return h(
    'div',
    {},
    h('dt', {}, name),
    h('dd', { class: 'value' }, value),
    h('dd', { class: 'figure-note' }, note),
  );
}

function total({ prompt, completion }: TokenUsage): number {
  return prompt + completion;
}

/** What the evals are compared with, or why with nothing. Null without a baseline. */
export function baselineNote({ verdict, links }: Report): Branch | null {
  const { comparison } = verdict;
  if (!comparison) return null;
  const { source, problem, hasSamples } = comparison;
  const isOther = !hasSamples && problem === null;
  return h(
    'p',
    { class: 'note' },
    source === null
      ? 'There is no usable baseline'
      : [
          'The baseline is ',
          h('code', {}, named(source.path)),
          `, of ${named(refName(source.ref))} at `,
          link(commitUrl(links, source.sha), shortSha(named(source.sha))),
          ', ',
          link(runUrl(links, source.runId), `run ${named(source.runId)}`),
          `, ${timeText(source.ended)}`,
        ],
    problem === null ? '.' : `: ${sentence(problem).replace(/\.$/, '')}.`,
    isOther ? ' It has no samples.jsonl beside it, so no samples are paired.' : null,
  );
}

export function rulesSection({ verdict }: Report): Branch | null {
  if (verdict.rules.length === 0) return null;
  return section('rules', 'Rules', h('ul', { class: 'rules' }, ...verdict.rules.map(ruleItem)));
}

function ruleItem({ rule, advisory, status, sentence: text, evals }: RuleVerdict): Branch {
  const unmet = evals.filter((each) => each.status !== 'met');
  return h(
    'li',
    {},
    h(
      'div',
      { class: 'rule-line' },
      rulePill(status, advisory),
      h('code', {}, named(rule)),
      advisory ? h('span', { class: 'tag' }, 'advisory: never fails the step') : null,
    ),
    h('p', {}, sentence(text)),
    unmet.length === 0 || evals.length < 2
      ? null
      : h(
          'details',
          {},
          h('summary', {}, `${wholeNumber(unmet.length)} of ${counted(evals.length, 'eval')}`),
          h(
            'ul',
            {},
            ...unmet.map((each) =>
              h(
                'li',
                {},
                h('b', {}, named(each.name)),
                ` ${RULE_WORDS[each.status]}: ${sentence(withoutName(each.sentence, each.name))}`,
              ),
            ),
          ),
        ),
  );
}
