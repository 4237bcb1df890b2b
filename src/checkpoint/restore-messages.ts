/** What the log says about a restore. */
import type { Log } from '../log.ts';
import type { StatesOnMachine } from '../progress/states-on-machine.ts';
import { oneLine, shorten } from '../text.ts';
import { type CheckpointIdentity, checkpointKeys, type Difference } from './keys.ts';
import type { CacheTrouble, RestoreHit, RestoreOutcome } from './store.ts';

const ORIGINS = {
  'this run': '',
  'an earlier run': ', of an earlier run',
  'all shards': ', of all shards of an earlier run',
  'another shard': ', of another shard. Its plan is reused, and what it has of the evals of this shard',
  'the same request': ', of another job or step with the same request. Its results are reused',
  'the same set':
    ', of this eval set with other arguments. Results of evals with the same content are reused',
} as const;

export interface MessageContext {
  readonly identity: CheckpointIdentity;
  readonly machine: StatesOnMachine;
  /** Of another checkpoint of the eval set, if there is no own one. */
  readonly difference: Difference | undefined;
}

export function reportRestore(outcome: RestoreOutcome, context: MessageContext, log: Log): void {
  if (outcome.kind === 'hit') reportHit(outcome, context, log);
  else if (outcome.kind === 'miss') reportMiss(outcome.unreadable, context, log);
  else if (outcome.kind === 'unavailable') reportUnavailable(outcome, log);
  else {
    log.warning(
      `No checkpoint was restored: ${outcome.cause}. The run continues with the state of this machine; evals that ` +
        'earlier runs completed on other machines are run again.',
      'Checkpoint not restored',
    );
  }
}

function reportHit({ key, passedOver }: RestoreHit, { identity }: MessageContext, log: Log): void {
  for (const { key: broken, why } of passedOver) {
    log.warning(
      `The checkpoint ${broken} is not used: ${why}. An older one is used instead: ${key}.`,
      'Checkpoint rejected',
    );
  }
  log.info(`Restored the checkpoint ${key}${ORIGINS[checkpointKeys(identity).originOf(key)]}`);
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

function reportMiss(unreadable: string | undefined, context: MessageContext, log: Log): void {
  if (unreadable === undefined) {
    log.info(describeMiss(context));
  } else {
    log.warning(
      `The checkpoint ${unreadable} was packed with zstd, which this machine does not have. The run starts with the state ` +
        'of this machine. To restore such checkpoints, install zstd in a step before this one, such as "apk add zstd" or ' +
        '"apt-get install -y zstd".',
      'Checkpoint not restored',
    );
  }
}

/** What was looked for, and what is different about the nearest state that is known. */
function describeMiss({ identity, machine, difference }: MessageContext): string {
  const { model, evalSet, cacheKey } = identity;
  const wanted = `of ${shown(model)} on ${shown(evalSet)}${cacheKey === '' ? '' : ` with the cache-key ${shown(cacheKey)}`}`;
  if (machine.hasState)
    return `This run can see no checkpoint ${wanted}. Only the state of this machine can be reused.`;
  return `Nothing is reused: this run can see no checkpoint ${wanted}.${describeOther(machine, difference)}`;
}

function describeOther({ otherModels }: StatesOnMachine, difference: Difference | undefined): string {
  if (difference?.kind === 'cache-key') return ' There is one with another cache-key.';
  if (difference) return ` The newest checkpoint of this eval set is of another model: ${difference.model}.`;
  const [model] = otherModels;
  return model === undefined
    ? ''
    : ` This machine has results of another model on this eval set: ${shown(model)}.`;
}

const MAX_SHOWN_BYTES = 200;

/** Others may have chosen the name. */
function shown(name: string): string {
  return shorten(oneLine(name), MAX_SHOWN_BYTES);
}
