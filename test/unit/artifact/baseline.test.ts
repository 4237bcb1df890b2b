import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readBaseline } from '../../../src/artifact/baseline.ts';
import { formatResults } from '../../../src/artifact/format-results.ts';
import { writeSamples } from '../../../src/artifact/write-samples.ts';
import type { EvalResult } from '../../../src/model/results.ts';
import type { RuleVerdict, Verdict } from '../../../src/model/verdict.ts';
import { temporaryDirectory } from '../../helpers/builders.ts';
import {
  evalResult,
  evalSamples,
  results,
  sample,
  unfinished,
  verdict,
} from '../../helpers/report-builders.ts';

const evals = [evalResult('a'), evalResult('b', { status: 'reused' })];
const approved = formatResults(results(evals), verdict());

function file(runs: readonly EvalResult[], its: Partial<Verdict> = {}): string {
  return formatResults(results(runs), verdict(its));
}

function rule(status: RuleVerdict['status'], advisory = false): RuleVerdict {
  return { rule: 'accuracy >= 0.9', line: 1, advisory, status, sentence: 'Accuracy is 0.8.', evals: [] };
}

describe('readBaseline', () => {
  test('reads a results.json, and the samples beside it', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'results.json'), approved);
    const samples = new Map([['a.dev.v0', evalSamples([sample('a.0', true)], { 'a.0': { answer: 'yes' } })]]);
    await writeSamples(join(directory, 'samples.jsonl'), { results: results(evals), samples });
    const baseline = await readBaseline(join(directory, 'results.json'), 'base/results.json');
    expect(baseline).toMatchObject({
      kind: 'usable',
      source: {
        path: 'base/results.json',
        runId: '17',
        sha: '0123456789abcdef0123456789abcdef01234567',
        ref: 'refs/heads/main',
        model: 'gpt-4',
        ended: '2026-01-01T00:10:00.000Z',
      },
      results: results(evals),
    });
    const read = baseline.kind === 'usable' ? baseline.samples?.get('a.dev.v0') : undefined;
    expect(read?.samples).toEqual([sample('a.0', true)]);
    expect(read?.texts(sample('a.0', true)).answer).toBe('yes');
  });

  test('reads the results.json of a directory, such as an unpacked artifact', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'results.json'), approved);
    expect(await readBaseline(directory, 'base')).toMatchObject({
      kind: 'usable',
      source: { path: 'base' },
      samples: undefined,
    });
  });

  test('reads a file that starts with a byte order mark, and one whose advisory rules were missed', async () => {
    const path = join(temporaryDirectory(), 'results.json');
    writeFileSync(path, `\ufeff${file(evals, { rules: [rule('missed', true)] })}`);
    expect(await readBaseline(path, path)).toMatchObject({ kind: 'usable' });
  });

  const another = '{"eval":"c.dev.v0","id":"0","hash":"'.concat(
    '0'.repeat(64),
    '","outcome":null,"scores":{},',
  );
  const rest = '"choice":null,"tokens":null,"replayed":null}\n';
  test.for<readonly [string, string]>([
    ['its line 2 is not a sample (it is not JSON)', `${another}${rest}torn\n`],
    ['it has samples of other evals only', `${another}${rest}`],
    [
      'it is a Git LFS pointer, not the file itself',
      'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n',
    ],
  ])('is usable without a samples.jsonl that is not: %s', async ([samplesProblem, text]) => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'results.json'), approved);
    writeFileSync(join(directory, 'samples.jsonl'), text);
    expect(await readBaseline(directory, 'base')).toMatchObject({
      kind: 'usable',
      samples: undefined,
      samplesProblem,
    });
  });

  const putItThere =
    'Put the results.json of an approved run there: commit it, or download it from the artifact of that run in an earlier step.';
  const restoreIt = 'Restore it as the action wrote it, or use the results.json of a new run.';
  const nameIt = 'Name a results.json that this action wrote.';

  const rows: readonly (readonly [
    kind: string,
    make: (path: string) => void,
    problem: string,
    next: string,
  ])[] = [
    ['a path with nothing', () => {}, 'there is no file PATH', putItThere],
    [
      'a link to nothing',
      (path) => symlinkSync('gone', path),
      'PATH is a link to gone, which does not exist',
      putItThere,
    ],
    [
      'an empty directory',
      (path) => mkdirSync(path),
      'it is a directory that contains no results.json',
      putItThere,
    ],
    [
      'a directory in which results.json is a directory',
      (path) => mkdirSync(join(path, 'results.json'), { recursive: true }),
      'it is a directory, not a file',
      putItThere,
    ],
    ['a named pipe', (path) => execFileSync('mkfifo', [path]), 'it is a named pipe, not a file', putItThere],
    ['an empty file', (path) => writeFileSync(path, '\n'), 'it is empty', putItThere],
    [
      'a file of 2 GiB',
      (path) => {
        writeFileSync(path, '');
        truncateSync(path, 2 ** 31);
      },
      'it has 2,147,483,648 bytes, more than a results.json can have',
      nameIt,
    ],
    [
      'a Git LFS pointer',
      (path) => writeFileSync(path, 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n'),
      'it is a Git LFS pointer, not the file itself',
      'Add `lfs: true` to the step that runs actions/checkout.',
    ],
    [
      'an artifact that is still packed',
      (path) => writeFileSync(path, 'PK\u0003\u0004\u0014'),
      'it is a zip archive',
      'Unpack it in an earlier step, and name the results.json inside.',
    ],
    [
      'text in UTF-16',
      (path) => writeFileSync(path, `\ufeff${approved}`, 'utf16le'),
      'it is text in UTF-16, as PowerShell writes it',
      'Write it in UTF-8, such as with `Out-File -Encoding utf8`.',
    ],
    [
      'a merge conflict',
      (path) => writeFileSync(path, approved.replace(' "model"', '<<<<<<< HEAD\n "model"')),
      'it contains the marks of a merge conflict',
      'Commit the results.json of one approved run, whole.',
    ],
    ['another text', (path) => writeFileSync(path, 'secret'), 'it is not JSON', restoreIt],
    [
      'half a file',
      (path) => writeFileSync(path, approved.slice(0, 300)),
      'it is cut off: its JSON does not end',
      restoreIt,
    ],
    [
      'a benchmark.json',
      (path) => writeFileSync(path, '[{"name": "a", "unit": "%", "value": 1}]'),
      'it is JSON, but not a results.json of this action',
      nameIt,
    ],
    [
      'a results.json of a later version',
      (path) => writeFileSync(path, approved.replace('"version": 1', '"version": 2')),
      'it has version 2, which this version of the action does not know',
      'Use the version of the action that wrote it, or the results.json of a new run with this version.',
    ],
    [
      'a field that was edited',
      (path) => writeFileSync(path, approved.replace('"attempts": 1', '"attempts": "one"')),
      'evals.0.attempts is not valid (Invalid input: expected number, received string)',
      restoreIt,
    ],
    [
      'a run with failed evals',
      (path) =>
        writeFileSync(path, file([...evals, unfinished('c', 'failed', 'KeyError')], { status: 'failed' })),
      'in its run 1 eval failed',
      'Re-run its job, which reuses completed evals, until no eval fails, and approve the results.json of that attempt.',
    ],
    [
      'a run with pending evals that says that it passed',
      (path) =>
        writeFileSync(path, file([...evals, unfinished('c', 'pending', ''), unfinished('d', 'pending', '')])),
      'its run is incomplete: 2 evals are pending',
      'Re-run its job, which reuses completed evals, until none is pending, and approve the results.json of that attempt.',
    ],
    [
      'a run that missed a rule',
      (path) =>
        writeFileSync(
          path,
          file(evals, { status: 'failed', rules: [rule('met'), rule('missed'), rule('missed', true)] }),
        ),
      'its run missed 1 required rule, or could not judge it',
      'If its results are good enough, run the workflow without that rule in `thresholds`, which reuses completed evals, and approve the results.json of that run.',
    ],
    [
      'a run that missed one rule and could not judge another',
      (path) =>
        writeFileSync(path, file(evals, { status: 'failed', rules: [rule('missed'), rule('not-judged')] })),
      'its run missed 2 required rules, or could not judge them',
      'If its results are good enough, run the workflow without those rules in `thresholds`, which reuses completed evals, and approve the results.json of that run.',
    ],
    [
      'a run without completed evals',
      (path) => writeFileSync(path, file([])),
      'its run completed no eval',
      'Approve the results.json of another run.',
    ],
  ];
  test.for(rows)('says why %s is no baseline, and what to do', async ([, make, problem, next]) => {
    const path = join(temporaryDirectory(), 'baseline');
    make(path);
    expect(await readBaseline(path, 'ci/baseline')).toEqual({
      kind: 'unusable',
      path: 'ci/baseline',
      problem: problem.replace('PATH', path),
      next,
    });
  });

  test('never throws, whatever bytes the file has', async () => {
    const path = join(temporaryDirectory(), 'results.json');
    const start = fc.constantFrom(
      '',
      'PK\u0003\u0004',
      '\ufeff',
      '{"version":1,"evals":',
      approved.slice(0, 50),
    );
    await fc.assert(
      fc.asyncProperty(start, fc.uint8Array({ maxLength: 60 }), async (text, bytes) => {
        writeFileSync(path, Buffer.concat([Buffer.from(text), bytes]));
        expect(await readBaseline(path, path)).toMatchObject({
          kind: 'unusable',
          problem: expect.any(String),
        });
      }),
      { numRuns: 100 },
    );
  });
});
