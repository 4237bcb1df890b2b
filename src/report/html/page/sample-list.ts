/** The samples of one eval: read from the page when they are needed, filtered, and shown page by page. */
import { counted, wholeNumber } from '../../../model/format.ts';
import type { SampleOutcome } from '../../../model/sample.ts';
import { sampleElement } from '../shared/sample-element.ts';
import { type SampleView, viewFromJson } from '../shared/sample-view.ts';
import { button, make, toDom } from './dom.ts';

const PAGE_SIZE = 50;

/** Before a sample that a link names. */
const MAX_BEFORE = 500;

export interface SampleFilter {
  /** In lower case; empty for all. */
  readonly words: string;
  readonly outcome: SampleOutcome | 'flipped' | null;
}

export const ALL_SAMPLES: SampleFilter = { words: '', outcome: null };

export class SampleList {
  readonly #evalKey: string;
  readonly #element: HTMLElement;
  readonly #source: Element;
  #samples: readonly SampleView[] | undefined;
  #filter = ALL_SAMPLES;
  #shown = 0;
  #isStale = true;

  constructor(evalKey: string, element: HTMLElement, source: Element) {
    this.#evalKey = evalKey;
    this.#element = element;
    this.#source = source;
  }

  /** @returns how many samples the filter lets through. They are drawn by `draw`. */
  filter(filter: SampleFilter): number {
    const isSame = filter.words === this.#filter.words && filter.outcome === this.#filter.outcome;
    if (!isSame) this.#isStale = true;
    this.#filter = filter;
    return this.#matching().length;
  }

  get isFiltered(): boolean {
    return this.#filter.words !== '' || this.#filter.outcome !== null;
  }

  /** Draws the list, unless it is drawn already. */
  draw(): void {
    if (this.#isStale) this.#show(PAGE_SIZE);
  }

  /** Draws a sample, with those before it. @returns its element; undefined when the page does not have it */
  reveal(sampleId: string): HTMLElement | undefined {
    const found = this.#matching().findIndex(({ id }) => id === sampleId);
    if (found < 0) return undefined;
    const index = found < MAX_BEFORE ? found : this.#moveToFront(found);
    if (this.#isStale || index >= this.#shown) this.#show(Math.ceil((index + 1) / PAGE_SIZE) * PAGE_SIZE);
    const element = this.#element.children[index];
    return element instanceof HTMLElement ? element : undefined;
  }

  /** Of a sample for which too many others would have to be drawn. */
  #moveToFront(index: number): number {
    const moved = this.#matching().slice(index, index + 1);
    this.#samples = [...moved, ...(this.#samples ?? []).filter((each) => !moved.includes(each))];
    this.#isStale = true;
    return 0;
  }

  #show(count: number): void {
    this.#isStale = false;
    this.#shown = 0;
    this.#element.replaceChildren();
    this.#showMore(count);
  }

  #showMore(count: number): void {
    const matching = this.#matching();
    const next = matching.slice(this.#shown, this.#shown + count);
    this.#element.querySelector('.more')?.remove();
    const options = { evalKey: this.#evalKey, hasId: true, isOpen: false };
    this.#element.append(...next.map((view) => toDom(sampleElement(view, options))));
    this.#shown += next.length;
    const left = matching.length - this.#shown;
    if (left > 0) this.#element.append(this.#moreLine(left));
  }

  #moreLine(left: number): HTMLElement {
    const more = button(`Show ${wholeNumber(Math.min(left, PAGE_SIZE))} more`, () => {
      const first = this.#shown;
      this.#showMore(PAGE_SIZE);
      this.#element.children[first]?.querySelector('summary')?.focus();
    });
    return make('p', { class: 'more' }, more, ` of ${counted(left, 'sample')} left`);
  }

  #matching(): readonly SampleView[] {
    this.#samples ??= this.#read();
    const { words, outcome } = this.#filter;
    if (words === '' && outcome === null) return this.#samples;
    return this.#samples.filter((view) => hasOutcome(view, outcome) && hasWords(view, words));
  }

  #read(): SampleView[] {
    return (JSON.parse(this.#source.textContent) as Parameters<typeof viewFromJson>[0][]).map(viewFromJson);
  }
}

function hasOutcome(view: SampleView, outcome: SampleFilter['outcome']): boolean {
  if (outcome === null) return true;
  return outcome === 'flipped' ? view.flip !== null : view.outcome === outcome;
}

function hasWords(view: SampleView, words: string): boolean {
  if (words === '') return true;
  const { id, prompt, answer, expected, picked, judge, error, choice, flip } = view;
  return [id, prompt, answer, expected, picked, judge, error, choice, flip?.answer, flip?.judge].some(
    (text) => text?.toLowerCase().includes(words),
  );
}
