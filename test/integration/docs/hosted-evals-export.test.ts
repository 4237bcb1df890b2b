/** docs/hosted-evals/export.py, as people run it, against a stand-in for OpenAI's hosted Evals. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesIn } from '../../helpers/document-files.ts';
import { startApi } from '../../helpers/network.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { type HostedEvals, hostedEvals, type OutputItem, outputItem } from '../../stand-ins/hosted-evals.ts';

const SCRIPT = join(import.meta.dirname, '../../../docs/hosted-evals/export.py');
const CAPITALS = filesIn('docs/hosted-evals.md').get('evals-registry/data/hosted/capital.jsonl') ?? '';

interface Capital {
  readonly country: string;
  readonly capital: string;
  readonly input: readonly object[];
}

const output = [{ role: 'assistant', content: 'Paris, of course' }];

/** The output items of a run that sent the prompts of the document, the last one first. */
const capitalItems: readonly OutputItem[] = CAPITALS.trim()
  .split('\n')
  .map((line, index) => {
    const { country, capital, input } = JSON.parse(line) as Capital;
    return outputItem(index, { country, capital }, { input, output });
  })
  .reverse();

const EVALS = {
  eval_capitals: { run_1: capitalItems, run_2: capitalItems.slice(0, 1), run_3: [] },
  eval_empty: {},
  eval_other: { run_4: capitalItems.slice(0, 2) },
};

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function exportPy(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const python = process.env.EVALS_TEST_PYTHON || 'python3';
  const environment = { PATH: process.env.PATH, PYTHONIOENCODING: 'utf-8', ...env };
  return new Promise((resolve) => {
    execFile(python, [SCRIPT, ...args], { env: environment }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

/** @param folder what an earlier save has written */
async function save(hosted: HostedEvals, folder = join(temporaryDirectory(), 'hosted')) {
  const api = await startApi(hostedEvals(hosted));
  const ended = await exportPy(['save', folder], {
    OPENAI_BASE_URL: `${api.origin}/v1`,
    OPENAI_API_KEY: 'sk-test\n',
  });
  return { ...ended, folder, arrivals: api.arrivals };
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.\w+$/.test(name))
    .sort();

const objectsIn = (path: string): unknown[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);

/** Makes samples of a run with one item. */
function samplesOf(item: OutputItem, ...args: string[]): Promise<Ended> {
  const run = join(temporaryDirectory(), 'run.jsonl');
  writeFileSync(run, `${JSON.stringify(item)}\n`);
  return exportPy(['samples', run, ...args]);
}

describe('export.py', () => {
  test('export.py save: all evals, runs and output items are saved, over all pages of each list', async () => {
    const { code, stderr, folder, arrivals } = await save({ evals: EVALS });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(filesBelow(folder)).toEqual([
      'eval_capitals/eval.json',
      'eval_capitals/run_1.jsonl',
      'eval_capitals/run_2.jsonl',
      'eval_capitals/run_3.jsonl',
      'eval_capitals/runs.jsonl',
      'eval_empty/eval.json',
      'eval_empty/runs.jsonl',
      'eval_other/eval.json',
      'eval_other/run_4.jsonl',
      'eval_other/runs.jsonl',
    ]);
    expect(objectsIn(join(folder, 'eval_capitals/eval.json'))).toMatchObject([
      { id: 'eval_capitals', testing_criteria: [{ operation: 'ilike' }] },
    ]);
    expect(objectsIn(join(folder, 'eval_capitals/runs.jsonl'))).toHaveLength(3);
    expect(objectsIn(join(folder, 'eval_capitals/run_1.jsonl'))).toMatchObject(capitalItems);
    expect(new Set(arrivals.map(({ headers }) => headers.authorization))).toEqual(
      new Set(['Bearer sk-test']),
    );
  });

  test('export.py save: a busy API is requested again', async () => {
    const { code, arrivals } = await save({ evals: EVALS, fails: ({ n }) => (n === 1 ? 429 : undefined) });
    expect(code).toBe(0);
    expect(arrivals[1]?.path).toBe(arrivals[0]?.path);
  });

  test('export.py save: a run that cannot be read is named, the others are saved, and the next call requests only that one', async () => {
    const refused = ({ path }: { path: string }) => (path.includes('run_1/') ? 403 : undefined);
    const first = await save({ evals: EVALS, fails: refused });
    expect(first.code).toBe(1);
    expect(first.stderr).toMatch(/run_1\.jsonl was not saved\. .*status 403: .*the stand-in refuses/);
    expect(first.stderr).toContain('1 runs were not saved. Run the command again');
    expect(existsSync(join(first.folder, 'eval_capitals/run_1.jsonl'))).toBe(false);
    expect(existsSync(join(first.folder, 'eval_other/run_4.jsonl'))).toBe(true);

    const second = await save({ evals: EVALS }, first.folder);
    expect(second.code).toBe(0);
    const items = second.arrivals.filter(({ path }) => path.includes('output_items'));
    expect(items).toHaveLength(2);
    for (const { path } of items) expect(path).toContain('/runs/run_1/output_items');
  });

  test('export.py save: without a key it says which variable is missing', async () => {
    const { code, stderr } = await exportPy(['save', join(temporaryDirectory(), 'hosted')]);
    expect(code).toBe(2);
    expect(stderr).toContain('OPENAI_API_KEY is not set');
  });

  test('export.py samples: a saved run becomes the data file of the document', async () => {
    const { folder } = await save({ evals: EVALS });
    const run = join(folder, 'eval_capitals/run_1.jsonl');
    const { code, stdout } = await exportPy(['samples', run, '--ideal', 'capital']);
    expect(code).toBe(0);
    expect(stdout).toBe(CAPITALS);
  });

  test('export.py samples: --answers keeps the answers, and --input takes the prompt of a run that sent none', async () => {
    const answered = await samplesOf(
      outputItem(1, { x: 5 }, { input: output, output }),
      '--answers',
      '--ideal',
      'x',
    );
    expect(JSON.parse(answered.stdout)).toEqual({
      x: 5,
      input: output,
      ideal: '5',
      completion: 'Paris, of course',
    });

    const unanswered = await samplesOf(outputItem(1, {}, { input: output, output: [] }), '--answers');
    expect(unanswered).toEqual({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('Item 1 is left out'),
    });

    const silent = await samplesOf(outputItem(1, { question: 'Größe?' }, null), '--input', 'question');
    expect(silent.stdout).toContain('Größe?');
    expect(JSON.parse(silent.stdout)).toMatchObject({ input: [{ role: 'user', content: 'Größe?' }] });
  });

  const image = [
    { role: 'user', content: [{ type: 'input_image', image_url: 'https://example.com/a.png' }] },
  ];

  test.each([
    {
      what: 'a field that is not there',
      item: outputItem(7, { a: 1 }, { input: output, output }),
      says: 'Item 7 has no field b. It has: a.',
    },
    {
      what: 'no prompt',
      item: outputItem(7, { b: 1 }, null),
      says: 'Item 7 has no prompt, because the run sent none.',
    },
    {
      what: 'an image',
      item: outputItem(7, { b: 1 }, { input: image, output }),
      says: 'Item 7 has a message that is not text.',
    },
    {
      what: 'a field that evals takes for the answer',
      item: outputItem(7, { b: 1, completion: 'x' }, { input: output, output }),
      says: 'Item 7 has a field named completion.',
    },
  ])('export.py samples: an item with $what is refused, and named', async ({ item, says }) => {
    const { code, stderr } = await samplesOf(item, '--ideal', 'b');
    expect(code).toBe(1);
    expect(stderr).toContain(says);
  });
});
