import { expect, test } from 'vitest';
import { evalEnvironment, PLACEHOLDER_KEY } from '../../../src/run/eval-environment.ts';

test.each([
  'ACTIONS_RUNTIME_TOKEN',
  'ACTIONS_RUNTIME_URL',
  'ACTIONS_RESULTS_URL',
  'ACTIONS_CACHE_URL',
  'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
  'ACTIONS_ID_TOKEN_REQUEST_URL',
  'INPUT_ENCRYPTION-KEY',
  'INPUT_GITHUB-TOKEN',
  'INPUT_MODEL',
  'STATE_session',
  'GITHUB_ENV',
  'GITHUB_OUTPUT',
  'GITHUB_PATH',
  'GITHUB_STATE',
  'GITHUB_STEP_SUMMARY',
])('evalEnvironment: evals do not get %s, which controls the job', (name) => {
  expect(evalEnvironment({ [name]: 'x' })).not.toHaveProperty([name]);
});

test.each([
  'OPENAI_API_KEY',
  'OPENAI_BASE_URL',
  'GITHUB_TOKEN',
  'GITHUB_WORKSPACE',
  'RUNNER_TEMP',
  'PATH',
  'OWN',
])('evalEnvironment: evals get %s, which the user set or a program needs', (name) => {
  expect(evalEnvironment({ [name]: 'x' })[name]).toBe('x');
});

test('evalEnvironment: evals get a placeholder key when there is none, because the package needs one at import', () => {
  expect(evalEnvironment({}).OPENAI_API_KEY).toBe(PLACEHOLDER_KEY);
  expect(evalEnvironment({ OPENAI_API_KEY: '' }).OPENAI_API_KEY).toBe(PLACEHOLDER_KEY);
});
