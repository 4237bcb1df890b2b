/** The end of the page: the methods, and what the results were made with. Pure. */
import { smallestDrop } from '../../gate/statistics/smallest-drop.ts';
import { describeAdaptation } from '../../model/adaptation.ts';
import { wholeNumber } from '../../model/format.ts';
import type { Report } from '../../model/report.ts';
import { pricesText } from '../describe-costs.ts';
import { runUrl } from '../links.ts';
import { timeText } from './numbers.ts';
import { link, named, section, sentence, terms } from './parts.ts';
import { mappedText } from './samples-section.ts';
import { type Branch, type Child, h } from './shared/tree.ts';

/** Numbers of pairs for which the page says how small a drop they can show. */
const PAIRS = [30, 100, 300, 1000];

export function howToRead(): Branch {
  return section(
    'how-to-read',
    'How to read this',
    terms([
      [
        'The interval',
        'A dot is the value of this run, a ring that of the baseline, and the whiskers are a 95 % confidence interval: what the value may be on other samples of the same kind. For a rate it is Wilson\u2019s interval, for other means that of the t distribution, or a bootstrap where the scores are skewed. Fewer than ten samples have no interval.',
      ],
      [
        'Is a change real?',
        'Samples with the same content are paired with those of the baseline. Only pairs that differ say something about a change. Outcomes are judged by McNemar\u2019s exact test over the pairs that flipped, scores by a sign-flip test. Holm\u2019s correction over all compared evals keeps the probability of any false alarm in the set at 5 % or below.',
      ],
      [
        'Degraded, improved',
        'The change is larger than the tolerance, and p is below 0.05 after Holm\u2019s correction.',
      ],
      [
        'Within noise',
        'Such a difference also occurs between two runs of the same model. It does not say that nothing changed: a drop that is smaller than so many pairs can show remains invisible.',
      ],
      [
        'The smallest drop that shows',
        h(
          'table',
          { class: 'small-table' },
          h(
            'thead',
            {},
            h(
              'tr',
              {},
              h('th', { scope: 'col' }, 'Pairs'),
              ...PAIRS.map((pairs) => h('td', {}, wholeNumber(pairs))),
            ),
          ),
          h(
            'tbody',
            {},
            h(
              'tr',
              {},
              h('th', { scope: 'row' }, 'Points'),
              ...PAIRS.map((pairs) => h('td', {}, (smallestDrop(pairs) * 100).toFixed(0))),
            ),
          ),
        ),
      ],
      ['', 'If one pair in ten differs, and four of five such drops are to be found.'],
      [
        'Too few samples, not comparable, missing',
        'Fewer than ten pairs tell nothing. Evals with another specification, judge, model map or version of evals are not compared. A missing eval is only here or only in the baseline.',
      ],
      [
        'Outcomes of samples',
        'Correct and incorrect are what the eval says. Unscored: the words of the judge could not be read. Errored: the sample raised an error. Coverage is the share of samples that are scored.',
      ],
      [
        'Status of evals',
        'Fresh: completed by this run. Reused: completed by an earlier run, with the same content. Failed: ended its last attempt without a valid result. Pending: neither completed nor failed.',
      ],
      [
        'Sources',
        'Wilson 1927; McNemar 1947; Holm 1979; Miller 2024 (arXiv 2411.00640) on error bars for evals; Bowyer et al. 2025 (arXiv 2503.01747) on intervals for few samples.',
      ],
    ]),
  );
}

export function madeWith({ results, links }: Report): Branch {
  const { versions, run } = results;
  const adaptations = results.adaptations.map((each) =>
    sentence(`${each.model}: ${describeAdaptation(each)}`),
  );
  const rows: (readonly [string, Child])[] = [
    ['Eval set', named(results.evalSet)],
    ['Model', named(results.model)],
    [
      'Judge',
      results.judgeModel === null
        ? 'Each eval\u2019s own rule: the input judge-model is empty.'
        : named(results.judgeModel),
    ],
    ['Model map', mappedText(results.modelMap) ?? 'None.'],
    [
      'Adaptations',
      adaptations.length === 0
        ? 'None: all requests were sent as evals made them.'
        : adaptations.slice(0, 50).join('; '),
    ],
    [
      'Arguments of oaieval',
      results.args.length === 0 ? 'None.' : h('code', {}, sentence(results.args.join(' '))),
    ],
    [
      'Versions',
      `oaievalset-action ${named(versions.action)}, evals ${versions.evals === '' ? 'of an unknown version' : named(versions.evals)}, Python ${versions.python === null ? 'of an unknown version' : named(versions.python)}`,
    ],
    ['Prices', pricesText(results)],
    ['Workflow', `${named(run.workflow)}, job ${named(run.job)}`],
    [
      'Run',
      [
        link(runUrl(links, run.id, run.attempt), `${named(run.id)}, attempt ${run.attempt}`),
        `, ${timeText(run.started)} to ${timeText(run.ended)}`,
      ],
    ],
  ];
  return section('made-with', 'What the results were made with', terms(rows));
}
