import type { Log } from '../log.ts';
import type { ApiKeys } from '../run/api-keys.ts';

/** Hides API keys and other secrets of the environment in all output, and in all that is redacted. */
export function hideKeys({ secrets }: ApiKeys, log: Pick<Log, 'hide'>): void {
  for (const { value, isTrimmed } of secrets) log.hide(value, { isMasked: !isTrimmed });
}
