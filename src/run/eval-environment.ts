import { ActionError } from '../errors.ts';
import { trimmedBaseUrls } from '../gateway/providers.ts';
import type { Plan } from '../model/plan.ts';
import type { ApiKeys } from './api-keys.ts';

/** What GitHub's runner gives the action alone: files and tokens that decide about the job, not about an eval. */
const RUNNER_ONLY = /^(ACTIONS_|INPUT_|STATE_|GITHUB_(ENV|OUTPUT|PATH|STATE|STEP_SUMMARY)$)/;

/** evals wants a key at import, even where none is used. */
export const PLACEHOLDER_KEY = 'no-key-needed';

/** The environment of an eval: the user's own, unbuffered, without the runner's own channels. */
export function evalEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const passed = Object.entries(env).filter(([name]) => !RUNNER_ONLY.test(name));
  return {
    ...Object.fromEntries(passed),
    ...trimmedBaseUrls(env),
    PYTHONUNBUFFERED: '1',
    OPENAI_API_KEY: env.OPENAI_API_KEY || PLACEHOLDER_KEY,
  };
}

/** @throws ActionError API_KEY_MISSING or API_KEY_INVALID when the run would call the API without a key that it can send */
export function requireApiKey(
  plan: Plan,
  { env, refusal }: Pick<ApiKeys, 'env' | 'refusal'>,
  fromFork: boolean,
): void {
  if (!plan.needsApiKey) return;
  if (refusal) throw refusal;
  if (env.OPENAI_API_KEY) return;
  if (fromFork) {
    throw new ActionError(
      'API_KEY_MISSING',
      'This is a pull request from a fork. GitHub gives those no secrets, so there is no OPENAI_API_KEY, and nothing was run.',
      'Run the evals on a branch of this repository, or leave them out here: if: github.event.pull_request.head.repo.full_name == github.repository.',
    );
  }
  throw new ActionError(
    'API_KEY_MISSING',
    'There is no OPENAI_API_KEY in the environment, and the completion function calls the API with it.',
    'Add it to the step: env: OPENAI_API_KEY: ${{ secrets.OPENAI_API_KEY }}. A server that needs no key takes any text.',
  );
}
