/** What broke, and whether it is real: cards of evals with problems, then what the comparison says of the others. */
import { asSentence, counted } from '../../model/format.ts';
import type { BaselineComparison, ComparisonStatus } from '../../model/verdict.ts';
import type { Entry } from './entries.ts';
import { evalLink, named, section, sentence } from './parts.ts';
import { comparisonPill, statusPill } from './pills.ts';
import { problemCards } from './problem-cards.ts';
import type { SelectedSamples } from './selection.ts';
import { type Branch, type Child, h } from './shared/tree.ts';

/** @returns a section also when nothing broke, which is an answer, too */
export function problemsSection(
  selected: readonly SelectedSamples[],
  comparison: BaselineComparison | null,
): Branch {
  const cards = problemCards(selected);
  const nothing =
    comparison?.problem === null
      ? 'No eval failed, none missed a rule, and none degraded.'
      : 'No eval failed, and none missed a rule.';
  return section(
    'problems',
    'What broke',
    cards.length === 0 ? h('p', {}, nothing) : cards,
    pendingList(selected),
    ...otherComparisons(selected, comparison),
  );
}

function pendingList(selected: readonly SelectedSamples[]): Branch | null {
  const pending = selected.map(({ entry }) => entry).filter(({ result }) => result.status === 'pending');
  if (pending.length === 0) return null;
  return folded(
    `${counted(pending.length, 'eval')} pending`,
    pending.length <= 10,
    pending.map((entry) => [statusPill('pending'), evalLink(entry), pendingText(entry)]),
  );
}

function pendingText({ result }: Entry): string {
  const note = result.note === '' ? '' : asSentence(sentence(result.note));
  return result.recorded > 0
    ? `${note} ${counted(result.recorded, 'response')} recorded, which the next run replays.`.trim()
    : note;
}

/** Degraded evals have cards. */
const OTHERS: readonly (readonly [status: ComparisonStatus, words: string])[] = [
  ['improved', 'improved'],
  ['not-comparable', 'not comparable with the baseline'],
  ['missing', 'only here or only in the baseline'],
  ['too-few', 'with too few samples to tell'],
  ['within-noise', 'within noise'],
];

/** What the comparison says of all other evals, those among them that only the baseline has. */
function otherComparisons(
  selected: readonly SelectedSamples[],
  comparison: BaselineComparison | null,
): (Branch | null)[] {
  const entries = new Map(selected.map(({ entry }) => [entry.result.key, entry]));
  return OTHERS.map(([status, words]) => {
    const evals = (comparison?.evals ?? []).filter((each) => each.status === status);
    if (evals.length === 0) return null;
    const rows = evals.map((each) => {
      const entry = entries.get(each.key);
      return [
        comparisonPill(status),
        entry ? evalLink(entry) : h('b', {}, named(each.name)),
        sentence(each.sentence),
      ];
    });
    return folded(`${counted(evals.length, 'eval')} ${words}`, status === 'improved', rows);
  });
}

function folded(title: string, isOpen: boolean, rows: readonly (readonly Child[])[]): Branch {
  return h(
    'details',
    { class: 'group', open: isOpen },
    h('summary', {}, title),
    h(
      'ul',
      { class: 'plain-list' },
      ...rows.map((row) => h('li', {}, ...row.flatMap((child) => [child, ' ']))),
    ),
  );
}
