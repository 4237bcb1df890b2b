/** Edits record files of `test/fixtures/records`, for runs that differ from them and for evals with more samples. Pure. */
import { isObject, type JsonObject } from '../../../src/record/json-values.ts';

/** The text of a record file. The edited ones have no NaN, so they are JSON. */
export type RecordText = string;

interface Event {
  readonly sample: string;
  readonly type: string;
  readonly data: JsonObject;
}

/**
 * The same samples `times` times. In the repetitions, the last message of each prompt has their number, so that they are other samples.
 * The means of the final report stay as they are; tokens are counted `times` times.
 */
export function repeated(record: RecordText, times: number): RecordText {
  const lines = parse(record);
  const events = lines.filter((line) => eventOf(line) !== undefined);
  const samples = new Set(events.map((line) => eventOf(line)?.sample)).size;
  const repetitions = Array.from({ length: times }, (_, n) =>
    events.map((line, at) => ({
      ...line,
      event_id: n * events.length + at,
      sample_id: String(line.sample_id).replace(/\d+$/, (index) => String(Number(index) + n * samples)),
      data: n === 0 ? line.data : numbered(eventOf(line)?.data ?? {}, n + 1),
    })),
  );
  const others = lines.filter((line) => eventOf(line) === undefined).map((line) => withTokens(line, times));
  return format([...others, ...repetitions.flat()]);
}

function withTokens(line: JsonObject, times: number): JsonObject {
  if (!isObject(line.final_report)) return line;
  const fields = Object.entries(line.final_report).map(([name, value]) => [
    name,
    name.startsWith('usage_') && typeof value === 'number' ? value * times : value,
  ]);
  return { ...line, final_report: Object.fromEntries(fields) };
}

function numbered(data: JsonObject, n: number): JsonObject {
  if (!Array.isArray(data.prompt)) return data;
  const last: unknown = data.prompt.at(-1);
  if (!isObject(last)) return data;
  return { ...data, prompt: [...data.prompt.slice(0, -1), { ...last, content: `${last.content} (${n})` }] };
}

/** The samples with these indexes are correct: the model gave an expected answer. */
export function withCorrect(record: RecordText, indexes: readonly number[]): RecordText {
  return answered(record, indexes, (expected) => expected);
}

/** The samples with these indexes are incorrect: the model gave no answer. */
export function withIncorrect(record: RecordText, indexes: readonly number[]): RecordText {
  return answered(record, indexes, () => 'I do not know');
}

function answered(
  record: RecordText,
  indexes: readonly number[],
  answerTo: (expected: string) => string,
): RecordText {
  const expected = new Map(
    parse(record).flatMap((line) => {
      const event = eventOf(line);
      return event?.type === 'match'
        ? [[event.sample, String([event.data.expected].flat()[0])] as const]
        : [];
    }),
  );
  return changed(record, indexes, ({ sample, type, data }) => {
    const wanted = expected.get(sample) ?? '';
    const answer = answerTo(wanted);
    const isCorrect = answer === wanted;
    if (type === 'sampling') return { ...data, sampled: [answer] };
    if (type === 'match')
      return { ...data, correct: isCorrect, picked: isCorrect ? answer : null, sampled: answer };
    return { ...data, accuracy: Number(isCorrect), f1_score: Number(isCorrect) };
  });
}

/** The judge gave another choice for the samples with these indexes. */
export function regraded(
  record: RecordText,
  indexes: readonly number[],
  { from, to, score }: { readonly from: string; readonly to: string; readonly score: number },
): RecordText {
  return changed(record, indexes, ({ type, data }) => {
    if (type === 'metrics') return { ...data, choice: to, score };
    const texts = [data.sampled].flat().map((text) => String(text).replaceAll(`\n${from}`, `\n${to}`));
    return { ...data, sampled: texts };
  });
}

/** Without the samples with these indexes. */
export function without(record: RecordText, indexes: readonly number[]): RecordText {
  let id = 0;
  const remaining = parse(record).filter((line) => !isOf(line, indexes));
  return withReport(remaining.map((line) => (eventOf(line) ? { ...line, event_id: id++ } : line)));
}

function changed(
  record: RecordText,
  indexes: readonly number[],
  change: (event: Event) => JsonObject,
): RecordText {
  return withReport(
    parse(record).map((line) => {
      const event = eventOf(line);
      return event && isOf(line, indexes) ? { ...line, data: change(event) } : line;
    }),
  );
}

function isOf({ sample_id: id }: JsonObject, indexes: readonly number[]): boolean {
  const index = typeof id === 'string' ? /\d+$/.exec(id)?.[0] : undefined;
  return index !== undefined && indexes.includes(Number(index));
}

/** The final report as evals computes it: the means of `accuracy`, `f1_score` and `score`, and how often each choice was made. */
function withReport(lines: readonly JsonObject[]): RecordText {
  const events = lines.map(eventOf).filter((event) => event !== undefined);
  const means = ['accuracy', 'f1_score', 'score'].map((name) => {
    const field = name === 'accuracy' ? 'correct' : name;
    const values = events.flatMap(({ data }) => (data[field] === undefined ? [] : [Number(data[field])]));
    return [name, values.reduce((sum, value) => sum + value, 0) / values.length] as const;
  });
  const counts: Record<string, number> = {};
  for (const { type, data } of events)
    if (type === 'metrics' && typeof data.choice === 'string')
      counts[`counts/${data.choice}`] = (counts[`counts/${data.choice}`] ?? 0) + 1;
  return format(
    lines.map((line) => {
      const report = line.final_report;
      if (!isObject(report)) return line;
      const others = Object.entries(report).filter(([name]) => !name.startsWith('counts/'));
      const known = new Map<string, unknown>(means);
      const values = others.map(([name, value]) => [name, known.get(name) ?? value] as const);
      return { ...line, final_report: { ...counts, ...Object.fromEntries(values) } };
    }),
  );
}

function eventOf({ sample_id: sample, type, data }: JsonObject): Event | undefined {
  return typeof sample === 'string' && typeof type === 'string' && isObject(data)
    ? { sample, type, data }
    : undefined;
}

function parse(record: RecordText): JsonObject[] {
  return record
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function format(lines: readonly JsonObject[]): RecordText {
  return `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
}
