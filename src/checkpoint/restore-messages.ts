/** What the log says about a restore. */
import type { Log } from '../log.ts';
import type { CheckpointKeys } from './keys.ts';
import type { CacheTrouble, RestoreHit, RestoreOutcome } from './store.ts';

const ORIGINS = {
  'this run': '',
  'an earlier run': ', of an earlier run',
  'the same request': ', of another job or step with the same request. Its results are reused',
  'the same set':
    ', of this eval set with other arguments. Results of evals with the same content are reused',
} as const;

export function reportRestore(outcome: RestoreOutcome, keys: CheckpointKeys, log: Log): void {
  if (outcome.kind === 'hit') reportHit(outcome, keys, log);
  else if (outcome.kind === 'miss') reportMiss(outcome.unreadable, keys, log);
  else if (outcome.kind === 'unavailable') reportUnavailable(outcome, log);
  else {
    log.warning(
      `No checkpoint was restored: ${outcome.cause}. The run continues with the state of this machine; evals that ` +
        'earlier runs completed on other machines are run again.',
      'Checkpoint not restored',
    );
  }
}

function reportHit({ key, passedOver }: RestoreHit, keys: CheckpointKeys, log: Log): void {
  for (const { key: broken, why } of passedOver) {
    log.warning(
      `The checkpoint ${broken} is not used: ${why}. An older one is used instead: ${key}.`,
      'Checkpoint rejected',
    );
  }
  log.info(`Restored the checkpoint ${key}${ORIGINS[keys.originOf(key)]}`);
}

function reportUnavailable({ cause, canBeFixed }: CacheTrouble, log: Log): void {
  if (canBeFixed) {
    log.warning(
      `Checkpoints can neither be restored nor saved: ${cause}. The results are not affected, but only a re-run ` +
        'on this machine can resume from them.',
      'No checkpoints',
    );
  } else {
    log.info(`No checkpoints: ${cause}. Progress is stored only in the state directory of this machine.`);
  }
}

function reportMiss(unreadable: string | undefined, keys: CheckpointKeys, log: Log): void {
  if (unreadable === undefined) {
    log.info(
      `There is no checkpoint yet: no cache entry has a key that starts with ${keys.anyOfSet}. The run starts with the state of ` +
        'this machine.',
    );
  } else {
    log.warning(
      `The checkpoint ${unreadable} was packed with zstd, which this machine does not have. The run starts with the state ` +
        'of this machine. To restore such checkpoints, install zstd in a step before this one, such as "apk add zstd" or ' +
        '"apt-get install -y zstd".',
      'Checkpoint not restored',
    );
  }
}
