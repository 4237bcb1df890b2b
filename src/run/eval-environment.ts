import { ActionError } from '../errors.ts';
import { trimmedBaseUrls } from '../gateway/providers.ts';
import type { Plan } from '../model/plan.ts';
import type { WithheldSecrets } from '../model/withheld-secrets.ts';
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
export function requireApiKey(plan: Plan, keys: ApiKeys, withheld: WithheldSecrets | undefined): void {
  if (!plan.needsApiKey) return;
  if (keys.refusal) throw keys.refusal;
  if (!keys.env.OPENAI_API_KEY) throw missingKey(keys, withheld);
}

export function missingKey({ blank }: ApiKeys, withheld: WithheldSecrets | undefined): ActionError {
  const isEmpty = blank.includes('OPENAI_API_KEY');
  const usual = isEmpty ? EMPTY : NOT_SET;
  // In a fork, a step that does not set the key needs the same advice as everywhere.
  const [why, next] = withheld && (isEmpty || withheld !== 'own-fork') ? WITHHELD[withheld] : usual;
  return new ActionError('API_KEY_MISSING', why, next);
}

const SKIP_FORKS = 'if: github.event.pull_request.head.repo.full_name == github.repository';

/** Each with what to do. */
const WITHHELD: Readonly<Record<WithheldSecrets, readonly [string, string]>> = {
  fork: [
    'OPENAI_API_KEY is not set, because this is a pull request from a fork, and GitHub passes no secrets to those.',
    `Run the evals on a branch of this repository, or skip the job for pull requests from forks: ${SKIP_FORKS}.`,
  ],
  dependabot: [
    "OPENAI_API_KEY is not set, because Dependabot started this run, and GitHub passes only Dependabot's own secrets to such runs.",
    "Add OPENAI_API_KEY under Settings > Secrets and variables > Dependabot, or skip the job: if: github.actor != 'dependabot[bot]'.",
  ],
  'own-fork': [
    'OPENAI_API_KEY is not set. This repository is a fork, and GitHub copies no secrets to a fork.',
    'Add OPENAI_API_KEY under Settings > Secrets and variables > Actions of this repository.',
  ],
};

const EMPTY = [
  'OPENAI_API_KEY is empty: the step sets it, but probably to a secret that this job does not have.',
  'Check the name of the secret under Settings > Secrets and variables > Actions. A secret of an environment needs "environment:" in the job, and a reusable workflow gets secrets only if its caller passes them, as with "secrets: inherit".',
] as const;

const NOT_SET = [
  'OPENAI_API_KEY is not set, and the completion function needs it to call the API.',
  'Add it to the step: env: OPENAI_API_KEY: ${{ secrets.OPENAI_API_KEY }}. If the server needs no key, any text will do.',
] as const;
