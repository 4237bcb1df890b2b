/** What the events of one sample say, without its texts. */
import { digestOf } from '../model/digest.ts';
import type { EventPlace, EventPlaces } from './event-places.ts';
import { countIn, isObject, isWholeNumber, type JsonObject, valueAt } from './json-values.ts';
import type { KnownClass } from './known-classes.ts';

export interface RecordedEvent extends EventPlace {
  readonly type: string;
  readonly data: JsonObject;
}

const MAX_CHOICE_CHARACTERS = 200;

/** Events that have the prompt of a request. */
export const ASKING: ReadonlySet<unknown> = new Set(['sampling', 'cond_logp', 'pick_option']);

export class SampleFacts {
  /** Of the sample in `EventPlaces` and `ScoreColumns`. */
  readonly position: number;
  /** Digest of the first prompt. */
  asked: string | undefined;
  /** Digest of what was expected first. */
  expected: string | undefined;
  samplings = 0;
  /** How often it was said whether the sample is correct, and how often it was. */
  verdicts = 0;
  correct = 0;
  /** What the metric says that `KnownClass.outcome` names. */
  stated: boolean | undefined;
  choice: string | null = null;
  tokens: number | null = null;

  constructor(position: number) {
    this.position = position;
  }

  add(event: RecordedEvent, known: KnownClass, places: EventPlaces): void {
    const { type } = event;
    if (ASKING.has(type)) this.#addAsking(event, known, places);
    if (type === 'sampling') this.#addSampling(event, places);
    else if (type === 'match') this.#addVerdict(event, places);
    else if (type === 'metrics') this.#addMetrics(event, known, places);
    else if (type === 'error') places.setIfLast(this.position, 'lastError', event);
  }

  #addAsking(event: RecordedEvent, known: KnownClass, places: EventPlaces): void {
    const { prompt } = event.data;
    if (prompt === undefined || prompt === null) return;
    const isFirst = places.setIfFirst(this.position, 'firstAsking', event);
    if (isFirst && !known.asked) this.asked = digestOf(prompt);
  }

  #addSampling(event: RecordedEvent, places: EventPlaces): void {
    this.samplings += 1;
    const last = places.get(this.position, 'lastSampling');
    if (last && event.number < last.number) places.setIfLast(this.position, 'earlierSampling', event);
    else {
      if (last) places.set(this.position, 'earlierSampling', last);
      places.set(this.position, 'lastSampling', event);
    }
    const { usage } = event.data;
    if (isObject(usage)) this.tokens = sum(this.tokens, tokensOf(usage));
  }

  /** A match event, or a metrics event with the same fields. */
  #addVerdict(event: RecordedEvent, places: EventPlaces): void {
    const { correct, expected } = event.data;
    this.verdicts += 1;
    if (correct === true) this.correct += 1;
    if (places.setIfFirst(this.position, 'firstResult', event)) this.expected = digestIfAny(expected);
  }

  #addMetrics(event: RecordedEvent, known: KnownClass, places: EventPlaces): void {
    const { data } = event;
    places.setIfLast(this.position, 'lastMetrics', event);
    // evals.metrics.get_accuracy takes such events, too.
    if (typeof data.correct === 'boolean') this.#addVerdict(event, places);
    if (typeof data.choice === 'string' && 'score' in data)
      this.choice = data.choice.slice(0, MAX_CHOICE_CHARACTERS);
    if (known.outcome) this.stated = truth(valueAt(data, known.outcome));
    if (known.expected) this.expected = digestIfAny(valueAt(data, known.expected));
    if (known.asked) this.asked = digestOf(known.asked.map((path) => valueAt(data, path)));
  }
}

function digestIfAny(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : digestOf(value);
}

function truth(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return value === 1 ? true : value === 0 ? false : undefined;
}

function tokensOf(usage: JsonObject): number | null {
  const { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total } = usage;
  if (isWholeNumber(prompt) || isWholeNumber(completion)) return countIn(prompt) + countIn(completion);
  return isWholeNumber(total) ? total : null;
}

function sum(a: number | null, b: number | null): number | null {
  return a === null ? b : a + (b ?? 0);
}
