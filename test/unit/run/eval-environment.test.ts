import { expect, test } from 'vitest';
import type { WithheldSecrets } from '../../../src/model/withheld-secrets.ts';
import { readApiKeys } from '../../../src/run/api-keys.ts';
import { evalEnvironment, missingKey, PLACEHOLDER_KEY } from '../../../src/run/eval-environment.ts';

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

const EMPTY = { OPENAI_API_KEY: '' };

test.each<[string, NodeJS.ProcessEnv, WithheldSecrets | undefined, RegExp, RegExp]>([
  ['is not set', {}, undefined, /is not set, and the completion function needs it/, /Add it to the step/],
  [
    'is empty',
    EMPTY,
    undefined,
    /is empty: the step sets it/,
    /name of the secret.*environment:.*secrets: inherit/,
  ],
  ['is blank', { OPENAI_API_KEY: ' \n' }, undefined, /is empty: the step sets it/, /secrets: inherit/],
  [
    'is withheld from a pull request',
    EMPTY,
    'fork',
    /pull request from a fork/,
    /head\.repo\.full_name == github\.repository/,
  ],
  [
    'is withheld from Dependabot',
    EMPTY,
    'dependabot',
    /Dependabot started this run/,
    /variables > Dependabot.*github\.actor/,
  ],
  ['is not in a fork', EMPTY, 'own-fork', /This repository is a fork/, /of this repository/],
  [
    'is not set in a fork',
    {},
    'own-fork',
    /is not set, and the completion function needs it/,
    /Add it to the step/,
  ],
])('missingKey: a key that %s', (_, env, withheld, why, next) => {
  const error = missingKey(readApiKeys(env), withheld);
  expect(error).toMatchObject({
    code: 'API_KEY_MISSING',
    message: expect.stringMatching(why),
    next: expect.stringMatching(next),
  });
});
