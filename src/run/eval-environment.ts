import { ActionError } from '../errors.ts';
import { trimmedBaseUrls } from '../gateway/providers.ts';
import type { Plan } from '../model/plan.ts';
import type { ApiKeys } from './api-keys.ts';

/** Variables that GitHub's runner sets for the action alone: files and tokens that control the job. */
const RUNNER_ONLY = /^(ACTIONS_|INPUT_|STATE_|GITHUB_(ENV|OUTPUT|PATH|STATE|STEP_SUMMARY)$)/;

/** evals fails at import without a key, even when no request is sent. */
export const PLACEHOLDER_KEY = 'no-key-needed';

/** The environment of an eval: the user's own, with unbuffered output, without the variables of `RUNNER_ONLY`. */
export function evalEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const passed = Object.entries(env).filter(([name]) => !RUNNER_ONLY.test(name));
  return {
    ...Object.fromEntries(passed),
    ...trimmedBaseUrls(env),
    PYTHONUNBUFFERED: '1',
    OPENAI_API_KEY: env.OPENAI_API_KEY || PLACEHOLDER_KEY,
  };
}

/** @throws ActionError API_KEY_MISSING or API_KEY_INVALID when the plan needs a key and there is none that can be sent */
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
      'This is a pull request from a fork. GitHub passes no secrets to those, so OPENAI_API_KEY is not set. No eval was run.',
      'Run the evals on a branch of this repository, or skip them in pull requests from forks: if: github.event.pull_request.head.repo.full_name == github.repository.',
    );
  }
  throw new ActionError(
    'API_KEY_MISSING',
    'OPENAI_API_KEY is not set, and the completion function needs it to call the API.',
    'Add it to the step: env: OPENAI_API_KEY: ${{ secrets.OPENAI_API_KEY }}. If the server needs no key, any text will do.',
  );
}
