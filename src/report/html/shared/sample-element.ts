/** A sample as an element that opens: what was asked, expected and answered, and how that differs from the baseline. Pure. */
import { wholeNumber } from '../../../model/format.ts';
import type { SampleOutcome } from '../../../model/sample.ts';
import { elementId, fragmentOf } from './fragment.ts';
import type { FlipView, SampleView } from './sample-view.ts';
import { type Branch, h, type Tree } from './tree.ts';
import { type Words, wordDiff } from './word-diff.ts';
import { OUTCOME_TONES, OUTCOME_WORDS, scoreText } from './words.ts';

export interface SampleOptions {
  readonly evalKey: string;
  /** An element of a page has at most one id, and a flip is shown twice. */
  readonly hasId: boolean;
  readonly isOpen: boolean;
}

/** The line of a closed sample has no room for more characters. */
const MAX_EXCERPT = 200;

export function sampleElement(view: SampleView, { evalKey, hasId, isOpen }: SampleOptions): Branch {
  const target = { evalKey, sampleId: view.id };
  return h(
    'details',
    { class: 'sample', id: hasId ? elementId(target) : null, open: isOpen },
    h(
      'summary',
      {},
      outcomeMark(view),
      h('code', { class: 'sample-id' }, view.id),
      h('span', { class: 'excerpt' }, excerptOf(view)),
    ),
    h(
      'div',
      { class: 'sample-body' },
      ...(hasTexts(view) ? texts(view) : [NO_TEXTS_NOTE]),
      h(
        'div',
        { class: 'facts' },
        ...factsOf(view).map((fact) => h('span', {}, fact)),
        h('a', { href: fragmentOf(target) }, 'Link to this sample'),
      ),
    ),
  );
}

const NO_TEXTS_NOTE = h(
  'p',
  { class: 'note' },
  'The texts of this sample are not in the report. The input samples-text says which samples have theirs.',
);

function outcomeMark({ outcome, flip }: SampleView): Tree {
  if (flip && flip.outcome !== null && outcome !== null && flip.outcome !== outcome)
    return h(
      'span',
      { class: 'flip' },
      pill(flip.outcome),
      h('span', { class: 'arrow' }, '\u2192'),
      pill(outcome),
    );
  if (flip)
    return h(
      'span',
      { class: 'flip' },
      outcome === null ? null : pill(outcome),
      h('span', { class: 'change' }, `${scoreText(flip.before)} \u2192 ${scoreText(flip.now)}`),
    );
  return outcome === null ? h('span', { class: 'pill plain' }, 'No outcome') : pill(outcome);
}

function pill(outcome: SampleOutcome): Branch {
  return h('span', { class: `pill ${OUTCOME_TONES[outcome]}` }, OUTCOME_WORDS[outcome]);
}

/** At the end of a prompt, as in `Answer:`. */
const LABEL = /^[\p{L} ]{1,30}:$/u;

/** The last line of the prompt, because prompts begin with what all samples of an eval have in common. */
function excerptOf({ prompt, answer, error }: SampleView): string {
  const lines = (prompt ?? answer ?? error ?? '').split('\n').map((line) => line.trim());
  const last =
    lines.findLast((line) => line !== '' && !LABEL.test(line)) ?? lines.find((line) => line !== '') ?? '';
  return last.replace(/^(system|user|assistant): /, '').slice(0, MAX_EXCERPT);
}

function hasTexts({ prompt, answer, expected, picked, judge, error }: SampleView): boolean {
  return [prompt, answer, expected, picked, judge, error].some((text) => text !== null);
}

function texts(view: SampleView): Tree[] {
  const { prompt, expected, error, flip } = view;
  return [
    ...field('Error', error),
    ...field('Prompt', prompt, 'long'),
    ...field('Expected', expected),
    ...(flip
      ? bothAnswers(view, flip)
      : [
          ...field('Answer', view.answer),
          ...field('Picked', view.picked),
          ...field('The judge\u2019s words', view.judge),
        ]),
  ];
}

function bothAnswers(view: SampleView, flip: FlipView): Tree[] {
  return [
    ...pair('Answer', flip.answer, view.answer),
    ...pair('Picked', flip.picked, view.picked),
    ...pair('The judge\u2019s words', flip.judge, view.judge),
    ...pair('Choice of the judge', flip.choice, view.choice),
  ];
}

function field(name: string, text: string | null, kind = ''): Tree[] {
  if (text === null) return [];
  return [h('div', { class: 'field' }, h('h4', {}, name), block(kind, [text]))];
}

/** Side by side, with the words marked in which they differ; one field when they are the same. */
function pair(name: string, before: string | null, now: string | null): Tree[] {
  if (before === null && now === null) return [];
  if (before === now) return field(`${name}, the same in both runs`, now);
  const diff = before !== null && now !== null ? wordDiff(before, now) : undefined;
  return [
    h(
      'div',
      { class: 'pair' },
      side(`${name} before`, before, diff?.before, 'del'),
      side(`${name} now`, now, diff?.now, 'ins'),
    ),
  ];
}

function side(
  name: string,
  text: string | null,
  words: readonly Words[] | undefined,
  mark: 'del' | 'ins',
): Branch {
  const content = words
    ? words.map((each) => (each.isShared ? each.text : h(mark, {}, each.text)))
    : [text ?? ''];
  return h(
    'div',
    { class: 'field' },
    h('h4', {}, name),
    text === null ? h('p', { class: 'note' }, 'Not in the report.') : block('', content),
  );
}

function block(kind: string, content: readonly Tree[]): Branch {
  const isEmpty = content.length === 0 || (content.length === 1 && content[0] === '');
  return isEmpty
    ? h('p', { class: 'note' }, 'Empty.')
    : h('pre', { class: kind || null, tabindex: kind ? 0 : null }, ...content);
}

function factsOf({ scores, choice, tokens, replayed, hash, flip }: SampleView): string[] {
  return [
    ...Object.entries(scores).map(([name, value]) => `${name} ${scoreText(value)}`),
    ...(choice === null || flip ? [] : [`choice ${choice}`]),
    ...(tokens === null ? [] : [`${wholeNumber(tokens)} tokens`]),
    ...(replayed === true ? ['replayed'] : []),
    `content ${hash}`,
  ];
}
