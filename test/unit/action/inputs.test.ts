/** The values that readInputs reads from the variables in which the runner passes inputs. Errors are in `test/misconfigurations`. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { type Inputs, readInputs, readSecrets } from '../../../src/action/inputs.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A program that every machine has, because no test here starts it. */
const PYTHON = '/bin/sh';

function read(inputs: Readonly<Record<string, string>>): Promise<Inputs> {
  const all = { model: 'gpt-x', 'eval-set': 'set', python: PYTHON, ...inputs };
  for (const [name, value] of Object.entries(all)) vi.stubEnv(`INPUT_${name.toUpperCase()}`, value);
  return readInputs();
}

const [S, M, H, D] = [1000, 60_000, 3_600_000, 86_400_000];

test.each([
  ['90s', 90 * S],
  ['30m', 30 * M],
  ['5h30m', 5 * H + 30 * M],
  ['7d', 7 * D],
  ['1d2h3m4s', D + 2 * H + 3 * M + 4 * S],
  ['1.5h', 90 * M],
  ['0.5d', 12 * H],
  ['5 hours', 5 * H],
  ['1 hour 30 minutes', 90 * M],
  ['5h 30m', 5 * H + 30 * M],
  ['90 min', 90 * M],
  ['90 Minutes', 90 * M],
  ['5H', 5 * H],
  ['2 hrs', 2 * H],
  ['30 secs', 30 * S],
  ['1w', 7 * D],
  ['2 weeks 1 day', 15 * D],
  ['24d', 24 * D],
  ['', undefined],
] as const)('inputs: a time-budget of "%s" is %s ms', async (text, milliseconds) => {
  expect((await read({ 'time-budget': text })).timeBudgetMs).toBe(milliseconds);
});

test.each<readonly [string, string]>([
  ...['5', '90'].map((text) => [text, 'it has no unit'] as const),
  ...['0', '0s', '0h0m'].map((text) => [text, 'it is zero'] as const),
  ...['5:30', 'PT5H', '5 months', '1M', '1,5h', '30m 5h', '5m 5m', '-5m', 'h', '5h30', 'none', '1e3s'].map(
    (text) => [text, 'it is not a duration'] as const,
  ),
  ['24d1s', 'it is longer than 24d'],
  ['0.9s', 'it is shorter than 1s'],
])('inputs: a time-budget of "%s" is refused, because %s', async (text, why) => {
  await expect(read({ 'time-budget': text })).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: `The input time-budget is "${text}": ${why}.`,
  });
});

test('inputs: stall-timeout and checkpoint-interval have defaults, and the limits have none', async () => {
  expect(await read({})).toMatchObject({
    stallTimeoutMs: 10 * M,
    checkpointIntervalMs: 2 * M,
    evalTimeoutMs: undefined,
    timeBudgetMs: undefined,
    tokenBudget: undefined,
    maxAgeMs: undefined,
  });
});

test.each(['eval-timeout', 'stall-timeout', 'time-budget', 'checkpoint-interval'])(
  'inputs: %s is refused when it is longer than the longest timer',
  async (name) => {
    await expect(read({ [name]: '24d1s' })).rejects.toMatchObject({
      message: `The input ${name} is "24d1s": it is longer than 24d.`,
    });
  },
);

test('inputs: max-age may be longer than the longest timer, because it needs none', async () => {
  expect((await read({ 'max-age': '400d' })).maxAgeMs).toBe(400 * D);
});

test.each([
  ['1', 1],
  ['1000000', 1e6],
  ['1_000_000', 1e6],
  ['1,000,000', 1e6],
  ['500k', 5e5],
  ['500K', 5e5],
  ['1.5M', 1.5e6],
  ['2 M', 2e6],
  ['1m', 1e6],
  ['1000000000000', 1e12],
  ['', undefined],
] as const)('inputs: a token-budget of "%s" is %s tokens', async (text, tokens) => {
  expect((await read({ 'token-budget': text })).tokenBudget).toBe(tokens);
});

test.each([
  '0',
  '0k',
  '-1',
  '1.5',
  '1.000.000',
  '1,00',
  '10,00,000',
  '1,000_000',
  '1G',
  '1e6',
  'M',
  '2000000M',
  '0.0001k',
])('inputs: a token-budget of "%s" is refused', async (text) => {
  await expect(read({ 'token-budget': text })).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: `The input token-budget is "${text}": it is not a number of tokens from 1 to 1,000,000,000,000.`,
  });
});

test.each([
  ['true', true],
  ['True', true],
  ['YES', true],
  ['on', true],
  ['false', false],
  ['no', false],
  ['Off', false],
  ['', true],
])('inputs: resume "%s" is %s', async (text, value) => {
  expect((await read({ resume: text })).resume).toBe(value);
});

test.each(['1', '0', 'y', 'maybe', 'true false'])('inputs: resume "%s" is refused', async (text) => {
  await expect(read({ resume: text })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
});

test.each([
  ['gpt-4,gpt-4o', 'gpt-4,gpt-4o'],
  ['gpt-4, gpt-4o', 'gpt-4,gpt-4o'],
  [' gpt-4 ,\tgpt-4o', 'gpt-4,gpt-4o'],
  ['org/model:free', 'org/model:free'],
])('inputs: model "%s" is %s', async (text, model) => {
  expect((await read({ model: text.replace('\t', ' ') })).model).toBe(model);
});

test.each([
  ['', 'auto'],
  ['auto', 'auto'],
  ['1', 1],
  ['1000', 1000],
  ['1,000', 1000],
] as const)('inputs: parallel-evals "%s" is %s', async (text, value) => {
  expect((await read({ 'parallel-evals': text })).parallelEvals).toBe(value);
});

test.each(['autos', 'AUTO', '0', '-1', '1.5', '1e1', '1001'])(
  'inputs: parallel-evals "%s" is refused',
  async (text) => {
    await expect(read({ 'parallel-evals': text })).rejects.toMatchObject({
      message: `The input parallel-evals is "${text}": it is neither auto nor a whole number from 1 to 1,000.`,
    });
  },
);

test.each([
  ['', defaultEngineHere()],
  ['auto', defaultEngineHere()],
  ['oaieval', 'oaieval'],
] as const)('inputs: engine "%s" selects the engine %s', async (engine, name) => {
  expect((await read({ engine })).engine).toBe(name);
});

test.each([
  ['', true],
  ['auto', true],
  ['oaieval', false],
] as const)('inputs: with engine "%s" the chat fallback is %s', async (engine, chatFallback) => {
  expect((await read({ engine })).chatFallback).toBe(chatFallback);
});

test.each([
  '--max_samples 20',
  '--max_sam 20',
  '--seed -1 --no-cache',
  "--user 'a b' --debug",
  '--own_option 3',
])('inputs: args %j are passed to oaieval', async (args) => {
  expect((await read({ args })).args.join(' ')).toBe(args.replaceAll("'", ''));
});

test('inputs: a path that begins with ~ is below the home directory, as in a shell', async () => {
  expect(
    await read({ 'working-directory': '~', 'state-directory': '~/state', 'registry-path': '~' }),
  ).toMatchObject({
    workingDirectory: homedir(),
    stateDirectory: join(homedir(), 'state'),
    registryPaths: [homedir()],
  });
});

test('inputs: a registry-path stays as it is written, because it is part of the command in the progress file', async () => {
  expect((await read({ 'registry-path': './\n ../' })).registryPaths).toEqual(['./', '../']);
});

test('inputs: secrets are separate from the inputs that requests are made of, and masked', async () => {
  const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const inputs = await read({ 'encryption-key': 'SECRET-ONE', 'github-token': 'SECRET-TWO' });
  expect(JSON.stringify(inputs)).not.toMatch(/SECRET/);
  expect(await readSecrets()).toEqual({ encryptionKey: 'SECRET-ONE', githubToken: 'SECRET-TWO' });
  expect(stdout).toHaveBeenCalledWith(expect.stringContaining('::add-mask::SECRET-ONE'));
  stdout.mockRestore();
});

function defaultEngineHere(): string {
  return process.platform === 'linux' ? 'warm' : 'oaieval';
}
