/** The values that readInputs reads from the variables in which the runner passes inputs. */
import { afterEach, expect, test, vi } from 'vitest';
import { readInputs, readSecrets } from '../../../src/action/inputs.ts';
import { ActionError } from '../../../src/errors.ts';

const DAY = 86_400_000;

function withInputs(inputs: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries({ model: 'gpt-x', 'eval-set': 'set', ...inputs }))
    vi.stubEnv(`INPUT_${name.toUpperCase()}`, value);
}

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each(['eval-timeout', 'stall-timeout', 'time-budget', 'checkpoint-interval'])(
  'inputs: %s is refused when it is longer than the longest timer',
  (name) => {
    withInputs({ [name]: '24d1s' });
    expect(readInputs).toThrow(
      new ActionError(
        'INPUT_INVALID',
        `The input ${name} is "24d1s": it is longer than 24d.`,
        `Set ${name} to at most 24d.`,
      ),
    );
  },
);

test('inputs: time-budget may be as long as the longest timer', () => {
  withInputs({ 'time-budget': '24d' });
  expect(readInputs().timeBudgetMs).toBe(24 * DAY);
});

test('inputs: max-age may be longer than the longest timer, because it needs none', () => {
  withInputs({ 'max-age': '400d' });
  expect(readInputs().maxAgeMs).toBe(400 * DAY);
});

test.each([
  ['', defaultEngineHere()],
  ['auto', defaultEngineHere()],
  ['oaieval', 'oaieval'],
] as const)('inputs: engine "%s" selects the engine %s', (engine, name) => {
  withInputs({ engine });
  expect(readInputs().engine).toBe(name);
});

test.each([
  ['', true],
  ['auto', true],
  ['oaieval', false],
] as const)('inputs: with engine "%s" the chat fallback is %s', (engine, chatFallback) => {
  withInputs({ engine });
  expect(readInputs().chatFallback).toBe(chatFallback);
});

test.each([
  ['', 'auto'],
  ['auto', 'auto'],
  ['1', 1],
  ['1000', 1000],
] as const)('inputs: parallel-evals "%s" is %s', (text, value) => {
  withInputs({ 'parallel-evals': text });
  expect(readInputs().parallelEvals).toBe(value);
});

test.each(['autos', 'AUTO', '0', '-1', '1.5', '1e1', '1001'])(
  'inputs: parallel-evals "%s" is refused',
  (text) => {
    withInputs({ 'parallel-evals': text });
    expect(readInputs).toThrow(
      new ActionError(
        'INPUT_INVALID',
        `The input parallel-evals is "${text}": it is neither auto nor a whole number from 1 to 1000.`,
        'Set parallel-evals to auto, or to how many evals run at the same time.',
      ),
    );
  },
);

test('inputs: secrets are separate from the inputs that requests are made of, and masked', () => {
  const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  withInputs({ 'encryption-key': 'SECRET-ONE', 'github-token': 'SECRET-TWO' });
  expect(JSON.stringify(readInputs())).not.toMatch(/SECRET/);
  expect(readSecrets()).toEqual({ encryptionKey: 'SECRET-ONE', githubToken: 'SECRET-TWO' });
  expect(stdout).toHaveBeenCalledWith(expect.stringContaining('::add-mask::SECRET-ONE'));
  stdout.mockRestore();
});

function defaultEngineHere(): string {
  return process.platform === 'linux' ? 'warm' : 'oaieval';
}
