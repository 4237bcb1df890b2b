/** The bar that searches and filters, and the switch between light and dark. */
import { counted, wholeNumber } from '../../../model/format.ts';
import { SAMPLE_OUTCOMES, type SampleOutcome } from '../../../model/sample.ts';
import { OUTCOME_WORDS } from '../shared/words.ts';
import { button, make } from './dom.ts';
import { applyFilter, type EvalSection, type Filter } from './evals.ts';

/** A filter over all samples takes longer than a key is pressed. */
const TYPING_PAUSE_MS = 150;

/** Only those are offered that some eval has. */
const TAGS: readonly (readonly [tag: string, words: string])[] = [
  ['attention', 'that need attention'],
  ['failed', 'failed'],
  ['degraded', 'degraded'],
  ['improved', 'improved'],
  ['within-noise', 'within noise'],
  ['flips', 'with changed samples'],
  ['pending', 'pending'],
  ['fresh', 'fresh'],
  ['reused', 'reused'],
];

export class Tools {
  readonly search: HTMLInputElement;
  readonly #tags: HTMLSelectElement;
  readonly #outcomes: HTMLSelectElement;
  readonly #matches = make('p', { class: 'matches', role: 'status' });
  readonly #sections: readonly EvalSection[];
  #waiting: ReturnType<typeof setTimeout> | undefined;

  constructor(place: HTMLElement, sections: readonly EvalSection[], buttons: readonly HTMLButtonElement[]) {
    this.#sections = sections;
    this.search = make('input', {
      type: 'search',
      placeholder: 'Search evals and samples',
      'aria-label': 'Search evals and samples',
      autocomplete: 'off',
      spellcheck: 'false',
    });
    this.#tags = select('Evals', 'All evals', offeredTags(sections));
    this.#outcomes = select('Samples', 'All samples', offeredOutcomes(sections));
    this.search.addEventListener('input', () => {
      clearTimeout(this.#waiting);
      this.#waiting = setTimeout(() => this.apply(), TYPING_PAUSE_MS);
    });
    for (const each of [this.#tags, this.#outcomes]) each.addEventListener('change', () => this.apply());
    place.append(
      make('div', { class: 'tools', role: 'search' }, this.search, this.#tags, this.#outcomes, ...buttons),
      this.#matches,
    );
    place.hidden = false;
  }

  apply(): void {
    clearTimeout(this.#waiting);
    const filter: Filter = {
      words: this.search.value.trim().toLowerCase(),
      tag: this.#tags.value,
      outcome: outcomeOf(this.#outcomes.value),
    };
    const { evals, allEvals, samples } = applyFilter(this.#sections, filter);
    const isFiltered = filter.words !== '' || filter.tag !== '' || filter.outcome !== null;
    const ofSamples = samples === null || samples === 0 ? '' : `, ${counted(samples, 'matching sample')}`;
    this.#matches.textContent = isFiltered
      ? `${wholeNumber(evals)} of ${counted(allEvals, 'eval')}${ofSamples}`
      : '';
    const nothing = document.getElementById('no-match');
    if (nothing) nothing.hidden = evals > 0;
    document.body.classList.toggle('is-filtered', isFiltered);
  }

  clear(): void {
    this.search.value = '';
    this.#tags.value = '';
    this.#outcomes.value = '';
    this.apply();
  }
}

function select(
  name: string,
  all: string,
  options: readonly (readonly [value: string, words: string])[],
): HTMLSelectElement {
  return make(
    'select',
    { 'aria-label': name },
    make('option', { value: '' }, all),
    ...options.map(([value, words]) => make('option', { value }, words)),
  );
}

function offeredTags(sections: readonly EvalSection[]): [string, string][] {
  return TAGS.filter(([tag]) => sections.some((section) => section.hasTag(tag))).map(([tag, words]) => [
    tag,
    `Evals ${words}`,
  ]);
}

function offeredOutcomes(sections: readonly EvalSection[]): [string, string][] {
  const has = (tag: string) => sections.some((section) => section.hasTag(tag));
  return [
    ...(has('flips') ? [['flipped', 'Changed samples'] as [string, string]] : []),
    ...SAMPLE_OUTCOMES.filter(has).map((outcome): [string, string] => [
      outcome,
      `${OUTCOME_WORDS[outcome]} samples`,
    ]),
  ];
}

function outcomeOf(value: string): SampleOutcome | 'flipped' | null {
  if (value === 'flipped') return value;
  return SAMPLE_OUTCOMES.find((outcome) => outcome === value) ?? null;
}

const THEME = 'oaievalset-report-theme';

/** Light, dark, or as the system is. Remembered where the browser allows that, which it may not for a file. */
export function themeButton(): HTMLButtonElement {
  const root = document.documentElement;
  const isDark = () =>
    (root.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) ===
    'dark';
  const toggle = button('', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    remember(root.dataset.theme);
    label();
  });
  const label = () => {
    toggle.textContent = isDark() ? 'Light' : 'Dark';
  };
  const remembered = recall();
  if (remembered === 'light' || remembered === 'dark') root.dataset.theme = remembered;
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', label);
  toggle.classList.add('theme');
  label();
  return toggle;
}

function remember(theme: string): void {
  try {
    localStorage.setItem(THEME, theme);
  } catch {
    // It lasts as long as the page.
  }
}

function recall(): string | null {
  try {
    return localStorage.getItem(THEME);
  } catch {
    return null;
  }
}
