/**
 * Reads the samples of one eval from its record file, in one pass that retains no text: texts are read again when they are asked for.
 * `docs/samples.md` says what the outcome, the scores and the hash of a sample come from, for each class of evals' registry.
 */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { LineTooLong, lineBatches } from '../lines.ts';
import type { EvalSamples, Sample, SampleOutcome } from '../model/sample.ts';
import { compareText } from '../text.ts';
import { contentHash, Repetitions } from './content-hash.ts';
import { type EventKind, EventPlaces } from './event-places.ts';
import { isObject, isWholeNumber, type JsonObject, valueAt } from './json-values.ts';
import { knownClass, reportedName } from './known-classes.ts';
import { GradeScale, outcomeOf } from './outcome.ts';
import { parsePythonJson } from './python-json.ts';
import { flatten, MAX_LINE_BYTES } from './record-file.ts';
import { type RecordedEvent, SampleFacts } from './sample-facts.ts';
import { isFileError, readTexts, type TextPlaces } from './sample-texts.ts';
import { ScoreColumns, scoresIn } from './score-columns.ts';

/** With more samples, all that is made of them would not fit into the memory of a runner. */
export const MAX_SAMPLES = 250_000;
/** A sample with a longer id is left out. */
export const MAX_ID_CHARACTERS = 300;

/**
 * Null when it is not known.
 * @param position of the sample among those of the record file, from 0, in the order in which they first occur
 * @param samples how many there are
 */
export type WasReplayed = (position: number, samples: number) => boolean | null;

/** Fields of a match event that are numbers in some evals, but no scores. */
const NO_SCORES = new Set(['correct', 'expected', 'picked', 'options', 'sampled', 'prompt']);

/**
 * The file must stay where it is for as long as texts are read. What a torn or damaged file still has is returned.
 * @param replayed whether the responses to a sample were replayed
 * @returns undefined when there is no such file, or none that can be read, when it has no sample, and when it has more than `MAX_SAMPLES`
 */
export async function readSamples(
  recordFile: string,
  replayed: WasReplayed,
): Promise<EvalSamples | undefined> {
  const reading = new Reading();
  try {
    await readEvents(recordFile, reading);
  } catch (error) {
    // The results are in the completion record. A run is not lost because its samples cannot be read.
    if (isFileError(error)) return undefined;
    if (!(error instanceof LineTooLong)) throw error;
  }
  if (reading.size === 0 || reading.size > MAX_SAMPLES) return undefined;
  const samples = reading.samples(replayed);
  return { samples, texts: ({ id }) => readTexts(recordFile, reading.placesOf(id)) };
}

/** A link is not followed, and a pipe, which would never end, has no events. */
async function readEvents(recordFile: string, reading: Reading): Promise<void> {
  const file = openSync(recordFile, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!fstatSync(file).isFile()) return;
    for await (const lines of lineBatches(file, MAX_LINE_BYTES))
      for (const { bytes, offset } of lines)
        reading.add(parsePythonJson(bytes.toString('utf8')), offset, bytes.length);
  } finally {
    closeSync(file);
  }
}

class Reading {
  readonly #facts = new Map<string, SampleFacts>();
  readonly #places = new EventPlaces();
  readonly #scores = new ScoreColumns();
  readonly #scale = new GradeScale();
  #spec: JsonObject = {};
  #class = knownClass('');
  /** Names of the metrics in the final report; undefined when there is none. */
  #reported: Set<string> | undefined;
  #lines = 0;

  get size(): number {
    return this.#facts.size;
  }

  add(entry: unknown, offset: number, bytes: number): void {
    this.#lines += 1;
    if (!isObject(entry)) return;
    const { type, data, sample_id: id, event_id: eventId } = entry;
    if (typeof id === 'string') {
      const sample = this.#sample(id);
      if (!sample || typeof type !== 'string' || !isObject(data)) return;
      const number = isWholeNumber(eventId) ? eventId : this.#lines;
      this.#addEvent(sample, { type, data, number, offset, bytes });
    } else if (isObject(entry.spec)) {
      this.#spec = entry.spec;
      const evalClass = valueAt(this.#spec, 'run_config/eval_spec/cls');
      this.#class = knownClass(typeof evalClass === 'string' ? evalClass : '');
    } else if (isObject(entry.final_report))
      this.#reported = new Set(Object.keys(flatten(entry.final_report)));
  }

  /** @returns undefined for one too many */
  #sample(id: string): SampleFacts | undefined {
    let sample = this.#facts.get(id);
    if (!sample && id.length <= MAX_ID_CHARACTERS && this.#facts.size <= MAX_SAMPLES) {
      sample = new SampleFacts(this.#facts.size);
      this.#facts.set(id, sample);
    }
    return sample;
  }

  #addEvent(sample: SampleFacts, event: RecordedEvent): void {
    sample.add(event, this.#class, this.#places);
    if (event.type !== 'metrics' && event.type !== 'match') return;
    for (const [name, value] of scoresIn(event.data))
      if (!NO_SCORES.has(name)) this.#scores.add(sample.position, reportedName(this.#class, name), value);
    if (sample.choice !== null) this.#scale.add(event.data.choice, event.data.score);
  }

  samples(replayed: WasReplayed): Sample[] {
    const repetitions = new Repetitions();
    const names = this.#scores.names().filter((name) => this.#isReported(name));
    return [...this.#facts]
      .map(([id, facts]) => ({ id, facts, order: orderOf(id) }))
      .sort(byId)
      .map(({ id, facts }) => ({
        id,
        hash: repetitions.distinct(contentHash(id, this.#asked(facts), facts.expected)),
        outcome: this.#outcome(facts),
        scores: this.#scoresOf(facts, names),
        choice: facts.choice,
        tokens: facts.tokens,
        replayed: replayed(facts.position, this.size),
      }));
  }

  placesOf(id: string): TextPlaces | undefined {
    const facts = this.#facts.get(id);
    if (!facts) return undefined;
    const place = (kind: EventKind) => this.#places.get(facts.position, kind);
    const isGraded = facts.choice !== null;
    return {
      asked: place('firstAsking'),
      answer: place(isGraded ? 'earlierSampling' : 'lastSampling'),
      judge: isGraded ? place('lastSampling') : undefined,
      result: place('firstResult'),
      metrics: place('lastMetrics'),
      error: place('lastError'),
      expectedAt: this.#class.expected,
    };
  }

  #outcome(facts: SampleFacts): SampleOutcome | null {
    const { position } = facts;
    const isErrored = this.#places.has(position, 'lastError') && !this.#places.has(position, 'lastMetrics');
    if (isErrored && facts.verdicts === 0) return 'errored';
    return outcomeOf(facts, this.#class, this.#scores.get(position, 'score'), this.#scale);
  }

  #isReported(name: string): boolean {
    return this.#reported?.has(name) ?? true;
  }

  #scoresOf(facts: SampleFacts, names: readonly string[]): Sample['scores'] {
    const scores: [string, number][] = [];
    for (const name of names) {
      const score = this.#scores.get(facts.position, name);
      if (score !== undefined) scores.push([name, score]);
    }
    if (facts.verdicts > 0 && this.#isReported('accuracy') && !scores.some(([name]) => name === 'accuracy'))
      scores.unshift(['accuracy', facts.correct / facts.verdicts]);
    return Object.fromEntries(scores);
  }

  /**
   * The only prompt in a model-graded sample is the judge's. It contains an answer of the model when the model is a completion
   * function that records nothing, and none when the answers to grade are in the data.
   */
  #asked({ choice, samplings, asked }: SampleFacts): string | undefined {
    if (
      choice === null ||
      samplings > 1 ||
      valueAt(this.#spec, 'run_config/eval_spec/args/metaeval') === true
    )
      return asked;
    const { completion_fns: functions } = this.#spec;
    return Array.isArray(functions) && functions.length > 1 ? undefined : asked;
  }
}

interface IdOrder {
  readonly prefix: string;
  readonly index: number;
}

/** Of `name.split.12`, the prefix `name.split.` and the number 12. */
function orderOf(id: string): IdOrder {
  const digits = /\d{1,15}$/.exec(id)?.[0] ?? '';
  return { prefix: id.slice(0, id.length - digits.length), index: digits === '' ? -1 : Number(digits) };
}

function byId(a: { id: string; order: IdOrder }, b: { id: string; order: IdOrder }): number {
  return (
    compareText(a.order.prefix, b.order.prefix) || a.order.index - b.order.index || compareText(a.id, b.id)
  );
}
