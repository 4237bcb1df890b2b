import { tmpdir } from 'node:os';
import { getInput } from '@actions/core';
import { ActionError, oneError } from '../errors.ts';
import { type ProviderUrls, providerUrls } from '../gateway/providers.ts';
import type { Log } from '../log.ts';
import { type ApiKeys, readApiKeys } from '../run/api-keys.ts';
import { evalEnvironment, missingKey } from '../run/eval-environment.ts';
import { type RunContext, readContext } from './context.ts';
import { hideKeys } from './hide-keys.ts';
import { planOnlyInput } from './input/values.ts';
import { type Inputs, readInputs, readSecrets, type Secrets } from './inputs.ts';
import { readAll } from './read-all.ts';

/** Everything that the workflow sets for this step, read once and checked. No later code reads the environment. */
export interface Step {
  readonly inputs: Inputs;
  readonly secrets: Secrets;
  readonly context: RunContext;
  readonly keys: ApiKeys;
  readonly urls: ProviderUrls;
  /** The whole environment of an eval. */
  readonly evalEnv: NodeJS.ProcessEnv;
  /** The environment of the step itself, for the cache client. */
  readonly ownEnv: NodeJS.ProcessEnv;
  /** When the step started, in milliseconds since the epoch. */
  readonly beganAt: number;
}

/**
 * Reads inputs, context, keys and API addresses, and hides the secrets in all output.
 * @throws ActionError that names everything that is wrong; nothing has been started yet
 */
export async function readStep(log: Log, env: NodeJS.ProcessEnv = process.env): Promise<Step> {
  const context = readContext(env, process.platform, tmpdir());
  const keys = readApiKeys(env);
  hideKeys(keys, log);
  for (const notice of keys.notices) log.info(notice);
  const model = getInput('model');
  // Neither the model `dummy` nor a plan needs a key.
  const sendsRequests = model !== 'dummy' && !isPlanOnly();
  const { secrets, inputs, urls } = await readAll({
    secrets: readSecrets,
    inputs: () => readInputs(env),
    key: () => {
      if (keys.refusal && sendsRequests) throw keys.refusal;
    },
    urls: () => providerUrls(env, (message) => log.warning(message)),
  }).catch((error: unknown) => {
    // Whether a key is needed is known when there is a plan. The next run should not find one more mistake.
    const isMissing = sendsRequests && isOpenAiModel(model) && !keys.env.OPENAI_API_KEY;
    throw error instanceof ActionError && isMissing
      ? oneError([error, missingKey(keys, context.withheldSecrets)])
      : error;
  });
  return {
    inputs,
    secrets,
    context,
    keys,
    urls,
    evalEnv: evalEnvironment(keys.env),
    ownEnv: env,
    beganAt: Math.round(performance.timeOrigin),
  };
}

/** False also when the input is wrong, which is reported elsewhere. */
function isPlanOnly(): boolean {
  try {
    return planOnlyInput();
  } catch {
    return false;
  }
}

/** Whether the name is one of OpenAI's own models, so that the evals certainly need its key. */
function isOpenAiModel(model: string): boolean {
  return /^(gpt-|chatgpt-|ft:gpt-|o\d)/.test(model);
}
