/** Samples are counted as evals reads them, and an eval without samples is refused before any request. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { evalOf, problemsOf, RegistryPlanner } from '../../helpers/registry-planner.ts';

let planner: RegistryPlanner;
beforeAll(async () => {
  planner = await RegistryPlanner.start();
});
afterAll(() => planner.close());

interface SamplesOf {
  readonly files: Readonly<Record<string, string>>;
  /** What samples_jsonl names. */
  readonly samples: string;
}

/** A registry with the set `s`, in which each eval has samples of its own. */
function registryOf(evals: Readonly<Record<string, SamplesOf>>): string {
  const entries = Object.entries(evals).map(([name, { samples }]) => [
    `${name}.dev.v0`,
    { class: 'evals.elsuite.basic.match:Match', args: { samples_jsonl: samples } },
  ]);
  const data = Object.values(evals).flatMap(({ files }) => Object.entries(files));
  return planner.newFiles({
    'eval_sets/s.yaml': JSON.stringify({ s: { evals: entries.map(([key]) => key) } }),
    'evals/e.yaml': JSON.stringify(Object.fromEntries(entries)),
    ...Object.fromEntries(data.map(([name, text]) => [`data/${name}`, text])),
  });
}

const fileOf = (name: string, text: string): SamplesOf => ({
  files: { [`${name}.jsonl`]: text },
  samples: `${name}.jsonl`,
});

const [A, B] = ['{"input": "a", "ideal": "b"}', '{"input": "c", "ideal": "d"}'];

describe.concurrent('samples', () => {
  test('samples: files and directories without samples are refused, each with its reason', async () => {
    const registryPath = registryOf({
      empty: fileOf('empty', ''),
      blank: fileOf('blank', '\n \n\r\n\n'),
      'other-files': { files: { 'other/readme.txt': 'x' }, samples: 'other' },
      'empty-files': { files: { 'files/a.jsonl': '', 'files/b.jsonl': '\n' }, samples: 'files' },
    });
    const error = await planner.refusal('s', { registryPaths: [registryPath] });
    const inDirectory = 'is a directory in which no file named *.jsonl has a sample';
    expect(problemsOf(error)).toEqual([
      'no-samples: empty.dev.v0: samples_jsonl: empty.jsonl has no samples',
      'no-samples: blank.dev.v0: samples_jsonl: blank.jsonl has no samples',
      `no-samples: other-files.dev.v0: samples_jsonl: other ${inDirectory}`,
      `no-samples: empty-files.dev.v0: samples_jsonl: files ${inDirectory}`,
    ]);
    expect(error.next).toBe(
      'Add samples to the file, or name the file that has them. Do not use --max_samples 0.',
    );
  });

  test('samples: the data directory itself, without samples, is refused', async () => {
    const registryPath = registryOf({ all: { files: { 'notes.txt': '' }, samples: '.' } });
    const error = await planner.refusal('s', { registryPaths: [registryPath] });
    expect(error.message).toContain('is a directory in which no file named *.jsonl has a sample');
  });

  test.for([
    ['0', 'no-samples: --max_samples 0: no eval would get a sample, so there would be no result'],
    ['-1', 'no-samples: one.dev.v0: --max_samples -1 leaves none of 1 samples'],
  ] as const)('samples: --max_samples %s is refused when it leaves no sample', async ([limit, problem]) => {
    const registryPath = registryOf({ one: fileOf('one', `${A}\n`) });
    const args = ['--max_samples', limit];
    expect(problemsOf(await planner.refusal('s', { registryPaths: [registryPath], args }))).toEqual([
      problem,
    ]);
  });

  test('samples: lines are counted as Python reads them', async () => {
    const separators = '{"input": "a\u2028b\u2029c\u0085d", "ideal": "e"}';
    const texts = {
      'line-separators-inside': `${separators}\n${B}\n`,
      'last-line-without-end': `${A}\n${B}`,
      'lines-of-windows': `${A}\r\n${B}\r\n`,
      'lone-carriage-returns': `${A}\r${B}\r`,
    };
    const evals = Object.entries(texts).map(([name, text]) => [name, fileOf(name, text)]);
    const found = await planner.plan('s', { registryPaths: [registryOf(Object.fromEntries(evals))] });
    for (const name of Object.keys(texts)) expect(evalOf(found, `${name}.dev.v0`).samples, name).toBe(2);
  });
});
