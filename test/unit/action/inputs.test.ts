/** What readInputs makes of the variables in which the runner hands inputs over. */
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
  'the input %s is refused when no timer can count it',
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

test('the input time-budget may be as long as a timer counts', () => {
  withInputs({ 'time-budget': '24d' });
  expect(readInputs().timeBudget).toBe(24 * DAY);
});

test('the input max-age may be longer than a timer counts, for nothing waits for it', () => {
  withInputs({ 'max-age': '400d' });
  expect(readInputs().maxAge).toBe(400 * DAY);
});

test.each([
  ['', defaultEngineHere()],
  ['auto', defaultEngineHere()],
  ['oaieval', 'oaieval'],
] as const)('the input engine "%s" means the engine %s', (engine, name) => {
  withInputs({ engine });
  expect(readInputs().engine).toBe(name);
});

test.each([
  ['', true],
  ['auto', true],
  ['oaieval', false],
] as const)('with the input engine "%s" the chat fallback is %s', (engine, chatFallback) => {
  withInputs({ engine });
  expect(readInputs().chatFallback).toBe(chatFallback);
});

test('secrets are not among the inputs that requests are made of', () => {
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
