/** Bad input ends with one clear error, before any request is sent, and changes no state. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { evalsPython } from '../helpers/evals-venv.ts';
import { runAction } from '../helpers/runner.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { testRows } from '../helpers/test-rows.ts';
import { type ModelApi, startModelApi } from '../stand-ins/model-api.ts';

let api: ModelApi;
let python: string;
beforeAll(async () => {
  [api, python] = await Promise.all([startModelApi(), evalsPython()]);
});
afterAll(() => api.close());

interface Case {
  readonly name: string;
  readonly inputs?: Record<string, string>;
  readonly env?: Record<string, string>;
  readonly says: RegExp;
}

/** `test/misconfigurations` has all other mistakes. */
const cases: Case[] = [
  {
    name: 'several models for an eval that accepts one',
    inputs: { model: 'gpt-4,gpt-4o' },
    says: /test-match.*cannot run with 'gpt-4,gpt-4o': Match only supports one completion fn.*not a matrix.*judge-model.*\[PLAN_INVALID\]/s,
  },
  {
    name: 'a misspelt glob of include',
    inputs: { include: 'test-mach' },
    says: /unmatched-glob: include: test-mach: it matches no eval of the set test-basic \(did you mean test-match/,
  },
  {
    name: 'an exclude of everything',
    inputs: { exclude: '*' },
    says: /nothing-left: test-basic: the inputs include and exclude leave out all 4 evals of the set/,
  },
  { name: 'an abbreviated --record_path', inputs: { args: '--rec x' }, says: /record_path/ },
  {
    name: 'an argument that oaieval does not know',
    inputs: { args: '--max_sample_count 3' },
    says: /unrecognized arguments: --max_sample_count/,
  },
  {
    name: 'no API key',
    env: { OPENAI_API_KEY: '' },
    says: /OPENAI_API_KEY is empty.*secrets: inherit.*\[API_KEY_MISSING\]/s,
  },
];

describe.concurrent('bad input', () => {
  testRows(1, cases)('bad input: $name', async ({ inputs = {}, env = {}, says }, context) => {
    const directory = temporaryDirectory(context);
    const stateDirectory = join(directory, 'state');
    const result = await runAction({
      directory,
      stateDirectory,
      inputs: { model: 'gpt-4', 'eval-set': 'test-basic', python, ...inputs },
      env: { OPENAI_BASE_URL: api.url, OPENAI_API_KEY: 'x', ...env },
    });
    const errors = result.annotations.filter(({ level }) => level === 'error');
    expect(errors.map(({ message }) => message)).toEqual([expect.stringMatching(says)]);
    expect(errors[0]?.message).toContain('What to do: ');
    expect(result.exitCode).toBe(1);
    expect(existsSync(stateDirectory)).toBe(false);
    expect(result.post?.exitCode).toBe(0);
    expect(result.post?.lines).toEqual([]);
    expect(api.requests).toEqual([]);
  });
});

test('bad input: a pull request from a fork has no key, and the error says why', async () => {
  const directory = temporaryDirectory();
  mkdirSync(directory, { recursive: true });
  const event = join(directory, 'event.json');
  writeFileSync(event, JSON.stringify({ pull_request: { head: { repo: { full_name: 'someone/fork' } } } }));
  const result = await runAction({
    directory,
    stateDirectory: join(directory, 'state'),
    inputs: { model: 'gpt-4', 'eval-set': 'test-basic', python },
    env: { OPENAI_API_KEY: '', GITHUB_EVENT_NAME: 'pull_request', GITHUB_EVENT_PATH: event },
  });
  expect(result.annotations.map(({ message }) => message)).toEqual([
    expect.stringMatching(/pull request from a fork.*no secrets.*API_KEY_MISSING/s),
  ]);
  expect(result.post?.lines).toEqual([]);
});

test('model dummy needs no key', async () => {
  const directory = temporaryDirectory();
  const result = await runAction({
    directory,
    stateDirectory: join(directory, 'state'),
    inputs: { model: 'dummy', 'eval-set': 'test-basic', python },
    env: { OPENAI_API_KEY: '' },
  });
  expect(result.annotations).toEqual([]);
  expect(result.outputs).toMatchObject({ complete: 'true', fresh: '4' });
});

test('bad input: the error for an interpreter without evals says how to install it', async () => {
  const directory = temporaryDirectory();
  const bare = join(directory, 'bare');
  execFileSync(python, ['-m', 'venv', '--without-pip', bare]);
  const result = await runAction({
    directory,
    stateDirectory: join(directory, 'state'),
    inputs: { model: 'gpt-4', 'eval-set': 'test-basic', python: join(bare, 'bin', 'python') },
    env: { OPENAI_API_KEY: 'x' },
  });
  expect(result.annotations.map(({ message }) => message)).toEqual([
    expect.stringMatching(/evals-version: 3\.0\.1\.post1.*EVALS_MISSING/s),
  ]);
});

test('bad input: the error for a broken interpreter names it', async () => {
  const directory = temporaryDirectory();
  const broken = join(directory, 'python3');
  mkdirSync(directory, { recursive: true });
  writeFileSync(broken, '#!/bin/sh\necho "cannot load libpython" >&2\nexit 127\n');
  chmodSync(broken, 0o755);
  const result = await runAction({
    directory,
    stateDirectory: join(directory, 'state'),
    inputs: { model: 'gpt-4', 'eval-set': 'test-basic', python: broken },
    env: { OPENAI_API_KEY: 'x' },
  });
  expect(result.annotations.map(({ message }) => message)).toEqual([
    expect.stringMatching(/cannot load libpython/),
  ]);
});
