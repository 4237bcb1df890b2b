import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { EvalSamples, Sample } from '../../../src/model/sample.ts';
import { readSamples } from '../../../src/record/samples.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

type Data = Readonly<Record<string, unknown>>;
interface Event {
  readonly sample_id: string;
  readonly type: string;
  readonly data: Data;
  readonly event_id?: number;
}

const event = (sample: string | number, type: string, data: Data): Event => ({
  sample_id: `eval.dev.${sample}`,
  type,
  data,
});
const asks = (sample: string | number, prompt: unknown, sampled = 'an answer', more: Data = {}): Event =>
  event(sample, 'sampling', { prompt, sampled: [sampled], ...more });
const matches = (sample: string | number, correct: boolean, expected: unknown = 'Paris'): Event =>
  event(sample, 'match', { correct, expected, picked: null });
const chat = (question: string) => [{ role: 'user', content: question }];

interface Spec {
  readonly evalClass?: string;
  readonly completionFns?: readonly string[];
  readonly args?: Data;
  readonly report?: Data;
}

/** Numbers the events in their order, as evals does. */
async function read(events: readonly Event[], spec: Spec = {}): Promise<EvalSamples> {
  const { evalClass = 'own:Eval', completionFns = ['gpt-4'], args = {}, report } = spec;
  const lines: object[] = [
    { spec: { completion_fns: completionFns, run_config: { eval_spec: { cls: evalClass, args } } } },
    ...(report ? [{ final_report: report }] : []),
    ...events.map((each, index) => ({ event_id: index, ...each })),
  ];
  const path = join(temporaryDirectory(), 'record.jsonl');
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const samples = await readSamples(path, () => null);
  if (!samples) throw new Error('The record has no samples.');
  return samples;
}

async function only(events: readonly Event[], spec: Spec = {}): Promise<Sample> {
  const { samples } = await read(events, spec);
  const [sample] = samples;
  if (!sample || samples.length > 1) throw new Error(`There are ${samples.length} samples.`);
  return sample;
}

async function hashesOf(events: readonly Event[], spec: Spec = {}): Promise<string[]> {
  return (await read(events, spec)).samples.map(({ hash }) => hash);
}

describe('hash of a sample', () => {
  const france = [asks(0, chat('France?')), matches(0, true)];

  test('hash of a sample: stays the same when a row is inserted above', async () => {
    const before = await hashesOf([...france, asks(1, chat('Peru?')), matches(1, true, 'Lima')]);
    const after = await hashesOf([
      asks(0, chat('Japan?')),
      matches(0, true, 'Tokyo'),
      asks(1, chat('France?')),
      matches(1, true),
      asks(2, chat('Peru?')),
      matches(2, true, 'Lima'),
    ]);
    expect(after.slice(1)).toEqual(before);
    expect(new Set(after).size).toBe(3);
  });

  test('hash of a sample: does not depend on the order of lines', async () => {
    const events = [
      ...[asks(0, chat('France?')), asks(0, chat('Are you sure?')), matches(0, true)],
      ...[asks(1, chat('Peru?')), asks(1, chat('Are you sure?')), matches(1, false, 'Lima')],
    ].map((each, index) => ({ ...each, event_id: index }));
    expect(await hashesOf(events.toReversed())).toEqual(await hashesOf(events));
    const [a, b, c, d, e, f] = events as [Event, Event, Event, Event, Event, Event];
    expect(await hashesOf([d, a, e, b, c, f])).toEqual(await hashesOf(events));
  });

  test.each<[string, readonly Event[]]>([
    ['the answer', [asks(0, chat('France?'), 'another answer'), matches(0, false)]],
    ['the model', [asks(0, chat('France?'), 'an answer', { model: 'gpt-5', usage: {} }), matches(0, true)]],
    ['a later prompt', [asks(0, chat('France?')), asks(0, chat('an answer: true?')), matches(0, true)]],
    ['a later match', [...france, matches(0, false, 'Lyon')]],
    ['the order of keys', [asks(0, [{ content: 'France?', role: 'user' }]), matches(0, true)]],
  ])('hash of a sample: does not depend on %s', async (_what, events) => {
    expect(await hashesOf(events)).toEqual(await hashesOf(france));
  });

  test.each<[string, readonly Event[]]>([
    ['the prompt', [asks(0, chat('Spain?')), matches(0, true)]],
    ['the role', [asks(0, [{ role: 'system', content: 'France?' }]), matches(0, true)]],
    ['what is expected', [asks(0, chat('France?')), matches(0, true, 'Lyon')]],
    ['a further alternative', [asks(0, chat('France?')), matches(0, true, ['Paris', 'París'])]],
    ['an accent', [asks(0, chat('Françe?')), matches(0, true)]],
    ['that nothing is expected', [asks(0, chat('France?')), matches(0, true, null)]],
  ])('hash of a sample: depends on %s', async (_what, events) => {
    expect(await hashesOf(events)).not.toEqual(await hashesOf(france));
  });

  test('hash of a sample: repetitions of a question differ, and each is found again', async () => {
    const rows = ['a', 'b', 'a', 'a'].map((question, index) => asks(index, question));
    const hashes = await hashesOf(rows);
    expect(new Set(hashes).size).toBe(4);
    expect(await hashesOf(rows.toReversed())).toEqual(hashes);
    expect((await hashesOf([asks(9, 'a'), asks(10, 'a')]))[1]).toBe(hashes[2]);
  });

  test('hash of a sample: is of what was expected when the record has no prompt, or else of the id', async () => {
    expect(await hashesOf([matches(0, true)])).toEqual(await hashesOf([matches(7, false)]));
    const silent = (id: number) => hashesOf([event(id, 'extra', { note: 'a' })]);
    expect(await silent(0)).toEqual(await silent(0));
    expect(await silent(0)).not.toEqual(await silent(1));
  });

  test('hash of a sample: is never of the prompt of a judge that may contain the answer of a model', async () => {
    const graded = (answer: string, spec: Spec) =>
      hashesOf([asks(0, `Is this good? ${answer}`), event(0, 'metrics', { choice: 'Y', score: 1 })], spec);
    const candidate = { completionFns: ['dummy', 'gpt-4'] };
    expect(await graded('one', candidate)).toEqual(await graded('two', candidate));
    const given = { ...candidate, args: { metaeval: true } };
    expect(await graded('one', given)).not.toEqual(await graded('two', given));
    expect(await graded('one', {})).not.toEqual(await graded('two', {}));
  });

  test('hash of a sample: of self_prompting, is not of prompts that a model wrote', async () => {
    const tasked = (instruction: string, input: string) =>
      hashesOf(
        [
          asks(0, `${instruction} ${input}`),
          event(0, 'metrics', {
            tasker_model: 'gpt-4',
            task: { instruction: 'Add.' },
            ...{ input, output: '2', exact: 1 },
          }),
        ],
        { evalClass: 'evals.elsuite.self_prompting.eval:SelfPrompting' },
      );
    expect(await tasked('Add these:', '1+1')).toEqual(await tasked('Please add:', '1+1'));
    expect(await tasked('Add these:', '1+1')).not.toEqual(await tasked('Add these:', '1 + 1'));
  });
});

describe('outcome of a sample', () => {
  const metrics = (data: Data) => event(0, 'metrics', data);

  test.each<[string, Sample['outcome'], readonly Event[], Spec?]>([
    ['a match', 'correct', [matches(0, true)]],
    ['a match that is wrong', 'incorrect', [matches(0, false)]],
    ['several matches, which is not one outcome', null, [matches(0, true), matches(0, true)]],
    ['a metric named correct', 'correct', [metrics({ correct: true, expected: 'A' })]],
    ['a fraction', null, [metrics({ accuracy: 1 })]],
    ['an error', 'errored', [event(0, 'error', { type: 'KeyError', message: 'input' })]],
    ['an error and a result', 'correct', [event(0, 'error', { type: 'KeyError' }), matches(0, true)]],
    ['an error and metrics', null, [event(0, 'error', {}), metrics({ f1_score: 0.5 })]],
    ['a judge who gave no choice', 'unscored', [metrics({ choice: '__invalid__', score: 0 })]],
    ['a judge without scores', null, [metrics({ choice: 'A', score: null })]],
    ['the full score', 'correct', [metrics({ choice: 'Yes', score: 1 })]],
    ['no score', 'incorrect', [metrics({ choice: 'No', score: 0 })]],
    ['a part of the score', null, [metrics({ choice: 'Unsure', score: 0.5 })]],
    ['a choice 1, which may be the worst of 1 to 5', null, [metrics({ choice: '1', score: 1 })]],
    ['a choice of the own class', null, [metrics({ choice: '__invalid__' })]],
    ['only a request', null, [asks(0, 'a')]],
    [
      'two different tasks (bugged_tools)',
      null,
      [metrics({ is_correct: true })],
      { evalClass: 'evals.elsuite.bugged_tools.eval:BuggedTools' },
    ],
    [
      'a game that was won (function_deduction)',
      'correct',
      [metrics({ success: true })],
      { evalClass: 'evals.elsuite.function_deduction.eval:FunctionDeductionEval' },
    ],
    ['a metric of that name in another class', null, [metrics({ success: true })]],
  ])('outcome of a sample: %s gives %s', async (_what, outcome, events, spec) => {
    expect((await only(events, spec)).outcome).toBe(outcome);
  });

  test('outcome of a sample: grades above 1 are no outcomes, nor is the lowest of them', async () => {
    const { samples } = await read(
      ['1', '5', '__invalid__'].map((choice, index) =>
        event(index, 'metrics', { choice, score: Number(choice) || 1 }),
      ),
    );
    expect(samples.map(({ outcome, choice }) => [outcome, choice])).toEqual([
      [null, '1'],
      [null, '5'],
      ['unscored', '__invalid__'],
    ]);
  });
});

describe('scores of a sample', () => {
  test.each<[string, Sample['scores'], readonly Event[], Spec?]>([
    ['the mean of its matches', { accuracy: 0.5 }, [matches(0, true), matches(0, false)]],
    [
      'numbers and booleans, nested ones with their path',
      { f1_score: 0.8, safe: 1, 'length/words': 3 },
      [event(0, 'metrics', { f1_score: 0.8, safe: true, length: { words: 3 }, note: 'x', all: [1] })],
    ],
    [
      'the accuracy of its metrics rather than of its match',
      { accuracy: 0.25 },
      [matches(0, false), event(0, 'metrics', { accuracy: 0.25 })],
    ],
    [
      'what the match has besides',
      { accuracy: 1, score: 7 },
      [event(0, 'match', { correct: true, expected: 4, picked: 4, score: 7 })],
    ],
    [
      'only what the final report names',
      { accuracy: 1 },
      [matches(0, true), event(0, 'metrics', { task_id: 17 })],
      { report: { accuracy: 1, boostrap_std: 0 } },
    ],
    [
      'the name that the final report has',
      { win_rate: 1, loss_rate: 0 },
      [event(0, 'metrics', { is_win: true, is_loss: false, is_violation: null })],
      { evalClass: 'evals.elsuite.make_me_say.eval:MakeMeSay', report: { win_rate: 1, loss_rate: 0 } },
    ],
    ['nothing', {}, [asks(0, 'a')]],
  ])('scores of a sample: has %s', async (_what, scores, events, spec) => {
    expect((await only(events, spec)).scores).toEqual(scores);
  });
});

test('tokens of a sample: are the sum over its responses', async () => {
  const usage = (usage: unknown) => asks(0, 'a', 'b', { usage });
  const counted = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
  expect((await only([usage(counted), usage(counted), usage(null)])).tokens).toBe(10);
  expect((await only([usage({ total_tokens: 7 })])).tokens).toBe(7);
  expect((await only([usage({ prompt_tokens: -1, total_tokens: 'many' })])).tokens).toBeNull();
  expect((await only([asks(0, 'a')])).tokens).toBeNull();
});

test('texts of a sample: a prompt is readable, whatever its form', async () => {
  const promptOf = async (prompt: unknown) => {
    const read_ = await read([asks(0, prompt)]);
    return read_.samples.map((sample) => read_.texts(sample).prompt)[0];
  };
  expect(await promptOf('plain')).toBe('plain');
  expect(await promptOf(['two', 'prompts'])).toBe('two | prompts');
  expect(await promptOf([{ role: 'system', name: 'example_user', content: 'a' }, ...chat('b')])).toBe(
    'system (example_user): a\n\nuser: b',
  );
  const parts = [{ type: 'text', text: 'What is this?' }, { type: 'image_url' }];
  expect(await promptOf([{ role: 'user', content: parts }])).toBe('user: What is this?\n[image_url]');
  expect(await promptOf([{ role: 'assistant', content: null }])).toBe('assistant: ');
  expect(await promptOf({ any: [1] })).toBe('{"any":[1]}');
});

test.each([
  ['is not there', 'no-file.jsonl'],
  ['is below a file', 'file/record.jsonl'],
  ['is a directory', '.'],
])('samples of a record: there are none when the file %s', async (_, name) => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'file'), '');
  const read = readSamples(join(directory, name), () => null);
  expect(await read).toBeUndefined();
});
