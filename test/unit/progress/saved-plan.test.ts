/** `plan.json`: what is saved of a plan, and which files are plans. Others may have written the file. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NO_DEPENDENCIES, type Plan, type SavedPlan } from '../../../src/model/plan.ts';
import { statePaths } from '../../../src/progress/paths.ts';
import { parseSavedPlan, readSavedPlan, savedPlan } from '../../../src/progress/saved-plan.ts';
import { owner, planned, sha256, temporaryDirectory } from '../../helpers/builders.ts';

const PLAN: Plan = {
  evals: [planned('a.dev.v0'), planned('b.dev.v0')],
  leftOut: [],
  digest: sha256('plan'),
  dependencies: NO_DEPENDENCIES,
  evalsVersion: '3',
  warnings: [],
  needsApiKey: true,
};
const SAVED = savedPlan(PLAN, owner);

const parsed = (plan: object) => parseSavedPlan(JSON.stringify(plan));

test('saved plan: the model map of an eval is read as it was saved', () => {
  const saved = savedPlan({ ...PLAN, evals: [{ ...planned('a.dev.v0'), modelMap: { old: 'live' } }] }, owner);
  expect(parsed(saved)).toEqual(saved);
});

test('saved plan: the requests of an eval are read as they were saved, and wrong ones are refused', () => {
  const counts = { requests: 3, characters: 90, bytes: 99, messages: 3, answers: 0, choices: 1 };
  const demand = [{ by: 'model', ...counts, answer: 'short', maxTokens: null }] as const;
  const of = (value: unknown) => ({ ...SAVED, evals: [{ ...planned('a.dev.v0'), demand: value }] });
  expect(parsed(of(demand))).toEqual(of(demand));
  expect(parsed(of([{ ...demand[0], requests: -1 }]))).toEqual({
    reason: expect.stringMatching(/^evals\.0\.demand\.0\.requests: /),
  });
});

test('saved plan: is read as it was saved', () => {
  expect(parsed(SAVED)).toEqual(SAVED);
});

test('saved plan: says which evals were left out, and nothing of it when none was', () => {
  expect(Object.keys(SAVED)).toEqual(['version', 'owner', 'signature', 'made', 'evals']);
  const leftOut = ['c.dev.v0'];
  const saved = savedPlan({ ...PLAN, leftOut }, owner);
  expect(parsed(saved)).toEqual({ ...SAVED, leftOut });
  expect(parsed({ ...saved, leftOut: ['a\nb'] })).toEqual({
    reason: 'leftOut.0: has control characters',
  });
});

test('saved plan: a plan of version 0.1 is read', () => {
  const { evals, made, ...plan } = SAVED;
  const { warnings: _, ...before } = made;
  const old = evals.map(({ earlier: __, writable: ___, ...each }) => each);
  expect(parsed({ ...plan, made: before, evals: old })).toEqual(SAVED);
});

describe('saved plan: paths', () => {
  test.each([
    ['of the kernel', '/proc/self/environ'],
    ['that leads to the kernel', '/tmp/../proc/self/environ'],
    ['of a device', '/dev/zero'],
    ['of all devices', '/sys'],
    ['that is relative', 'src'],
    ['with a double slash', '/tmp//file'],
    ['with a slash at its end', '/tmp/'],
    ['with a zero', '/tmp/\0'],
  ])('saved plan: a path %s makes it invalid', (_, path) => {
    for (const kind of ['files', 'directories', 'missing']) {
      const plan = savedPlan({ ...PLAN, dependencies: { ...NO_DEPENDENCIES, [kind]: [path] } }, owner);
      expect(parsed(plan)).toEqual({
        reason: `made.basis.${kind === 'missing' ? 'absent' : kind}: contains a path that a plan cannot have`,
      });
    }
    const writable = [{ argument: 'out', path }];
    expect(parsed({ ...SAVED, evals: [{ ...planned('a.dev.v0'), writable }] })).toEqual({
      reason: 'evals.0.writable.0.path: is not a valid path for a plan',
    });
  });

  test('saved plan: the same path twice makes it invalid', () => {
    const dependencies = { ...NO_DEPENDENCIES, files: ['/tmp/a', '/tmp/b', '/tmp/a'] };
    expect(parsed(savedPlan({ ...PLAN, dependencies }, owner))).toHaveProperty('reason');
  });
});

describe('saved plan: other shapes', () => {
  test.each<[string, (saved: SavedPlan) => object]>([
    ['version', () => ({ version: 2 })],
    ['signature', () => ({ signature: 'x' })],
    ['owner.repository', () => ({ owner: { ...owner, repository: 1 } })],
    ['made.needsApiKey', ({ made }) => ({ made: { ...made, needsApiKey: 'yes' } })],
    ['evals', () => ({ evals: {} })],
    ['evals.0.key', () => ({ evals: [{ ...planned('a.dev.v0'), key: '' }] })],
    ['evals.0.command', () => ({ evals: [{ ...planned('a.dev.v0'), command: ['oaieval', 'gpt-4'] }] })],
    ['evals.0.samples', () => ({ evals: [{ ...planned('a.dev.v0'), samples: -1 }] })],
    ['evals.0.samples', () => ({ evals: [{ ...planned('a.dev.v0'), samples: 'many' }] })],
    [
      'evals.0.fingerprint.value',
      () => ({ evals: [{ ...planned('a.dev.v0'), fingerprint: { value: 'x', parts: {} } }] }),
    ],
  ])('saved plan: a wrong %s is reported', (where, change) => {
    expect(parseSavedPlan(JSON.stringify({ ...SAVED, ...change(SAVED) }))).toEqual({
      reason: expect.stringMatching(new RegExp(`^${where}: `)),
    });
  });

  test.each(['null', '[]', '1', '"x"'])('saved plan: the JSON %s is not a plan', (text) => {
    expect(parseSavedPlan(text)).toEqual({ reason: expect.stringMatching(/^the file: /) });
  });

  test('saved plan: a text that is not JSON is not a plan', () => {
    expect(parseSavedPlan('{')).toEqual({ reason: 'it is not JSON' });
  });
});

describe('saved plan: in a state directory', () => {
  test.each<[string, (path: string, whole: string) => unknown]>([
    ['rubbish', (path) => writeFileSync(path, '{')],
    ['a directory', (path) => mkdirSync(path)],
    ['a pipe', (path) => execFileSync('mkfifo', [path])],
    [
      'a link to a plan',
      (path, whole) => {
        writeFileSync(`${path}.other`, whole);
        symlinkSync(`${path}.other`, path);
      },
    ],
    [
      'more than fits into memory',
      (path) => {
        writeFileSync(path, '');
        truncateSync(path, 3 * 1024 ** 3);
      },
    ],
    ['the plan of another owner', (path, whole) => writeFileSync(path, whole.replace('"o/r"', '"x/y"'))],
  ])('saved plan: %s in its place is not read', (_, make) => {
    const paths = statePaths(temporaryDirectory(), owner.model, owner.evalSet);
    mkdirSync(dirname(paths.plan), { recursive: true });
    make(paths.plan, JSON.stringify(SAVED));
    expect(readSavedPlan(paths, owner)).toBeUndefined();
  });
});

describe('saved plan: control characters', () => {
  test.each<[string, object]>([
    ['key', { key: 'a\n::error::b' }],
    ['name', { name: 'a\u001b[31m' }],
    ['metrics', { metrics: ['a\u2028b'] }],
    ['modelMap', { modelMap: { 'a\nb': 'c' } }],
    ['fingerprint', { fingerprint: { value: '0'.repeat(64), parts: { 'a\rb': '0'.repeat(64) } } }],
  ])('saved plan: control characters in the %s of an eval make it invalid', (name, change) => {
    const evals = [{ ...planned('a.dev.v0'), ...change }];
    expect(parseSavedPlan(JSON.stringify({ ...SAVED, evals }))).toHaveProperty(
      'reason',
      expect.stringContaining(`evals.0.${name}`),
    );
  });

  test('saved plan: control characters in the owner make it invalid', () => {
    const plan = savedPlan(PLAN, {
      ...owner,
      repository: 'o/r\n::stop-commands::x',
    });
    expect(parseSavedPlan(JSON.stringify(plan))).toHaveProperty('reason');
  });
});

describe('saved plan: too large', () => {
  test('saved plan: a file that is too large is not read', () => {
    const paths = statePaths(temporaryDirectory(), owner.model, owner.evalSet);
    mkdirSync(dirname(paths.plan), { recursive: true });
    writeFileSync(paths.plan, JSON.stringify(SAVED));
    expect(readSavedPlan(paths, owner)).toEqual(SAVED);
    const padded = JSON.stringify(SAVED) + ' '.repeat(32 * 1024 ** 2);
    writeFileSync(paths.plan, padded);
    expect(readSavedPlan(paths, owner)).toBeUndefined();
    expect(parseSavedPlan(padded)).toEqual({ reason: 'it is too large to be a plan' });
  });

  test('saved plan: a plan that is too large is saved without its dependencies, or without its evals', () => {
    const long = 'x'.repeat(40_000);
    const missing = Array.from({ length: 900 }, (_, index) => `/${index}/${long}`);
    expect(savedPlan({ ...PLAN, dependencies: { ...NO_DEPENDENCIES, missing } }, owner)).toEqual({
      ...SAVED,
      signature: '0'.repeat(64),
    });
    const evals = Array.from({ length: 450 }, (_, index) => planned(`${index}.${long}`));
    expect(savedPlan({ ...PLAN, evals }, owner)).toEqual({
      ...SAVED,
      signature: '0'.repeat(64),
      evals: [],
    });
  });
});
