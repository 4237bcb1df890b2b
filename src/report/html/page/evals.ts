/** The evals of the page: their rows, cards and samples, which a filter shows or hides together. */
import { ALL_SAMPLES, type SampleFilter, SampleList } from './sample-list.ts';

export interface Filter extends SampleFilter {
  /** One of the tags of an eval; empty for all. */
  readonly tag: string;
}

export interface Matches {
  readonly evals: number;
  readonly allEvals: number;
  /** Null when no sample was looked at. */
  readonly samples: number | null;
}

/** So few samples are shown at once, without a click. */
const MAX_OPENED = 40;

export class EvalSection {
  readonly details: HTMLDetailsElement;
  readonly list: SampleList | undefined;
  readonly #tags: ReadonlySet<string>;
  /** The elements that are about this eval, its details among them. */
  readonly #elements: readonly HTMLElement[];
  readonly #words: string;
  #openedByFilter = false;

  constructor(details: HTMLDetailsElement) {
    this.details = details;
    this.#tags = new Set(details.dataset.tags?.split(' '));
    const number = details.dataset.eval ?? '';
    this.#elements = [...document.querySelectorAll<HTMLElement>(`[data-eval="${CSS.escape(number)}"]`)];
    const source = document.getElementById(`samples-${number}`);
    const element = details.querySelector<HTMLElement>('.samples');
    this.list =
      source && element ? new SampleList(details.id.slice('eval='.length), element, source) : undefined;
    const facts = details.querySelector('.eval-details')?.textContent ?? '';
    const others = this.#elements
      .filter((each) => each !== details)
      .map((each) => (each.querySelector('.flips') ? '' : each.textContent));
    this.#words = [details.id, facts, ...others].join('\n').toLowerCase();
    details.addEventListener('toggle', () => {
      if (details.open) this.list?.draw();
    });
  }

  hasTag(tag: string): boolean {
    return this.#tags.has(tag);
  }

  /** @returns how many samples match; undefined when the eval does not */
  filter({ tag, words, outcome }: Filter): number | undefined {
    const isFound = words === '' || this.#words.includes(words);
    const filter = { words: isFound ? '' : words, outcome };
    const filtersSamples = filter.words !== '' || outcome !== null;
    const hasTag = tag === '' || this.#tags.has(tag);
    const samples = !hasTag ? 0 : filtersSamples ? (this.list?.filter(filter) ?? 0) : this.#reset();
    const isShown = hasTag && (!filtersSamples || samples > 0);
    for (const element of this.#elements) element.hidden = !isShown;
    if (isShown && this.details.open) this.list?.draw();
    return isShown ? samples : undefined;
  }

  /** All samples are shown again. The page's own ones remain as they are as long as nobody has filtered or opened them. */
  #reset(): number {
    return this.list?.isFiltered ? this.list.filter(ALL_SAMPLES) : 0;
  }

  openByFilter(isWanted: boolean): void {
    if (isWanted && !this.details.open) {
      this.details.open = true;
      this.#openedByFilter = true;
      this.list?.draw();
    } else if (!isWanted && this.#openedByFilter) {
      this.details.open = false;
      this.#openedByFilter = false;
    }
  }
}

export function applyFilter(sections: readonly EvalSection[], filter: Filter): Matches {
  const filtersSamples = filter.words !== '' || filter.outcome !== null;
  const found = sections.map((section) => ({ section, samples: section.filter(filter) }));
  const shown = found.filter(({ samples }) => samples !== undefined);
  const samples = shown.reduce((sum, each) => sum + (each.samples ?? 0), 0);
  const opens = filtersSamples && samples > 0 && samples <= MAX_OPENED;
  for (const each of found) each.section.openByFilter(opens && (each.samples ?? 0) > 0);
  return { evals: shown.length, allEvals: sections.length, samples: filtersSamples ? samples : null };
}
