import { tmpdir } from 'node:os';
import { type ProviderUrls, providerUrls } from '../gateway/providers.ts';
import type { Log } from '../log.ts';
import { type ApiKeys, readApiKeys } from '../run/api-keys.ts';
import { evalEnvironment } from '../run/eval-environment.ts';
import { type RunContext, readContext } from './context.ts';
import { type Inputs, readInputs, readSecrets, type Secrets } from './inputs.ts';

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
 * @throws ActionError when one of them is wrong; nothing has been started yet
 */
export function readStep(log: Log, env: NodeJS.ProcessEnv = process.env): Step {
  const context = readContext(env, process.platform, tmpdir());
  const inputs = readInputs();
  const secrets = readSecrets();
  const keys = readApiKeys(env);
  for (const { value, isTrimmed } of keys.secrets) log.hide(value, { isMasked: !isTrimmed });
  for (const notice of keys.notices) log.info(notice);
  // The model `dummy` needs no key: it sends no request.
  if (keys.refusal && inputs.model !== 'dummy') throw keys.refusal;
  return {
    inputs,
    secrets,
    context,
    keys,
    urls: providerUrls(env, (message) => log.warning(message)),
    evalEnv: evalEnvironment(keys.env),
    ownEnv: env,
    beganAt: Math.round(performance.timeOrigin),
  };
}
