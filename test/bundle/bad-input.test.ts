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

const cases: Case[] = [
  {
    name: 'no model',
    inputs: { model: '' },
    says: /The input model is missing\..*Set model under "with:".*INPUT_MISSING/s,
  },
  { name: 'no eval set', inputs: { 'eval-set': '' }, says: /The input eval-set is missing\./ },
  {
    name: 'model with ..',
    inputs: { model: 'a/../b' },
    says: /input model is "a\/\.\.\/b": it contains "\.\."/,
  },
  { name: 'absolute model', inputs: { model: '/etc/passwd' }, says: /it is an absolute path/ },
  { name: 'model that is an option', inputs: { model: '--debug' }, says: /starts with "-"/ },
  {
    name: 'model with control characters',
    inputs: { model: 'gpt\u0007-4' },
    says: /contains control characters/,
  },
  { name: 'model with an empty part', inputs: { model: 'org//m' }, says: /empty or "\." path part/ },
  { name: 'too long a name', inputs: { model: 'm'.repeat(230) }, says: /too long for a file name/ },
  {
    name: 'two judges',
    inputs: { 'judge-model': 'one,two' },
    says: /judge-model is "one,two": it contains a comma, but one model grades all answers\..*\[INPUT_INVALID\]/s,
  },
  {
    name: 'too long a judge',
    inputs: { 'judge-model': 'm'.repeat(1025) },
    says: /input judge-model is .*it is longer than 1024 bytes/,
  },
  {
    name: 'judge with control characters',
    inputs: { 'judge-model': 'gpt\u0007-4' },
    says: /input judge-model is .*contains control characters/,
  },
  {
    name: 'judge with an invisible character',
    inputs: { 'judge-model': 'gpt\u200b-4' },
    says: /judge-model is .*contains the invisible character \\u200b/,
  },
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
  {
    name: 'a glob with control characters',
    inputs: { exclude: 'a\u0007b' },
    says: /The input exclude is .*contains control characters/,
  },
  { name: 'eval set with ..', inputs: { 'eval-set': '../x' }, says: /input eval-set is "\.\.\/x"/ },
  { name: 'absolute eval set', inputs: { 'eval-set': '/x' }, says: /input eval-set is "\/x"/ },
  {
    name: 'unclosed quote',
    inputs: { args: '--user "me' },
    says: /args cannot be split into words.*Close the quote/s,
  },
  ...[
    '--record_path=x',
    '--registry_path x',
    '--http-run',
    '--no-local-run',
    '--dry-run',
    '--log_to_file x',
    '--no-resume',
    '--no-exit-on-error',
  ].map((args) => ({
    name: args,
    inputs: { args },
    says: new RegExp(`contains ${args.split(/[= ]/)[0]}, which this action does not accept`),
  })),
  { name: 'an abbreviated --record_path', inputs: { args: '--rec x' }, says: /record_path/ },
  {
    name: 'an argument that oaieval does not know',
    inputs: { args: '--max_sample_count 3' },
    says: /unrecognized arguments: --max_sample_count/,
  },
  {
    name: 'a boolean that is none',
    inputs: { resume: 'yes' },
    says: /resume is "yes": it is neither true nor false/,
  },
  {
    name: 'a number that is none',
    inputs: { attempts: '2.5' },
    says: /attempts is "2\.5": it is not a whole number from 1 to 100/,
  },
  {
    name: 'a number of evals that is none',
    inputs: { 'parallel-evals': 'autos' },
    says: /parallel-evals is "autos": it is neither auto nor a whole number from 1 to 1000\..*Set parallel-evals to auto/s,
  },
  { name: 'a number too small', inputs: { attempts: '0' }, says: /not a whole number from 1/ },
  {
    name: 'a duration that is none',
    inputs: { 'max-age': '5 days' },
    says: /max-age is "5 days": it is not a duration.*90s, 30m, 5h30m/s,
  },
  {
    name: 'a working directory that is not there',
    inputs: { 'working-directory': 'nowhere' },
    says: /there is no such directory/,
  },
  {
    name: 'a Python that is not there',
    inputs: { python: 'no-such-python' },
    says: /no-such-python.*PYTHON_MISSING/s,
  },
  {
    name: 'an unsupported evals version',
    inputs: { 'evals-version': '9.9' },
    says: /9\.9.*3\.0\.1\.post1.*EVALS_UNSUPPORTED/s,
  },
  {
    name: 'no API key',
    env: { OPENAI_API_KEY: '' },
    says: /OPENAI_API_KEY is not set.*secrets\.OPENAI_API_KEY/s,
  },
  {
    name: 'a key of two lines',
    env: { OPENAI_API_KEY: 'sk-0123456789\nsk-second' },
    says: /^OPENAI_API_KEY cannot be used: character 14 is a line break \(U\+000A\)\..*API_KEY_INVALID/s,
  },
  {
    name: 'a key with its header, and another in quotes',
    env: { OPENAI_API_KEY: 'Bearer sk-0123456789', ANTHROPIC_API_KEY: '"sk-ant-0123456789"' },
    says: /^OPENAI_API_KEY cannot be used: it starts with the word Bearer.*^ANTHROPIC_API_KEY .* quotes/ms,
  },
  {
    name: 'an expression that was not replaced',
    env: { OPENAI_API_KEY: '${{ secrets.OPENAI_API_KEY }}' },
    says: /^OPENAI_API_KEY cannot be used: it is an expression/,
  },
  {
    name: 'a model with an invisible character',
    inputs: { model: 'gpt\u200b-4' },
    says: /^The input model is "gpt\\u200b-4": it contains the invisible character \\u200b\./,
  },
  {
    name: 'wrong lines of model-map',
    inputs: { 'model-map': 'gpt-4-32k=live\ngpt-4-32k=other\ngpt-4=live\nold' },
    says: /^The input model-map has 3 wrong lines:.*already replaced.*value of the input model.*it has no "=".*INPUT_INVALID/s,
  },
  { name: 'an unknown set', inputs: { 'eval-set': 'test-basci' }, says: /test-basci.*test-basic/s },
  { name: 'a registry path that is not there', inputs: { 'registry-path': 'nowhere' }, says: /nowhere/ },
];

describe.concurrent('bad input', () => {
  testRows(12, cases)('bad input: $name', async ({ inputs = {}, env = {}, says }, context) => {
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
