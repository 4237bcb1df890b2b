/** The state of an eval set as a checkpoint: taken out of the Actions cache, put into it. */
import { rmSync } from 'node:fs';
import { ActionError, reasonOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { stateFolder, statePaths } from '../progress/paths.ts';
import { type OpenOptions, State } from '../progress/state.ts';
import { contentOf, saysTheSame } from './content.ts';
import { type CheckpointIdentity, type CheckpointKeys, checkpointKeys } from './keys.ts';
import {
  type CacheTrouble,
  type CheckpointStore,
  openCheckpointStore,
  type RestoreHit,
  type RestoreOutcome,
} from './store.ts';
import { encryptionKeyProblem } from './trust/encryption.ts';
import { inspectionFor } from './trust/inspection.ts';

interface StoreRequest {
  readonly identity: CheckpointIdentity;
  /** Checkpoints are encrypted with it, and only such are restored; empty: they are plain. */
  readonly encryptionKey: string;
  readonly temporaryDirectory: string;
  /** Number of the first checkpoint to be saved; main and post count on, so that no key is used twice. */
  readonly firstSeq: number;
}

/** @throws ActionError INPUT_INVALID when the encryption key can be guessed */
export function checkpointStore(request: StoreRequest): CheckpointStore {
  const { identity, encryptionKey, temporaryDirectory, firstSeq } = request;
  const problem = encryptionKey && encryptionKeyProblem(encryptionKey);
  if (problem) {
    throw new ActionError(
      'INPUT_INVALID',
      `The input encryption-key cannot be used: ${problem}.`,
      'Make a key with "openssl rand -base64 32", and store it as a secret of the repository.',
    );
  }
  const keys = checkpointKeys(identity);
  return openCheckpointStore({ keys, env: process.env, temporaryDirectory, firstSeq, encryptionKey });
}

export interface RestoreRequest {
  readonly store: CheckpointStore;
  readonly identity: CheckpointIdentity;
  /** False: nothing is restored, and yet the log says at once when nothing can be saved either. */
  readonly resume: boolean;
  readonly log: Log;
  /** Aborted when the job is cancelled. */
  readonly signal?: AbortSignal;
}

/**
 * Restores into a directory of its own and says what that means for the run; nothing is taken over yet.
 * @throws the reason of the signal, when that is aborted: a cancelled restore is no reason for a warning
 */
export async function restoreCheckpoint(request: RestoreRequest): Promise<RestoreOutcome> {
  const { store, identity, resume, log, signal } = request;
  const inspect = inspectionFor(identity.model, identity.evalSet);
  const restored: RestoreOutcome = resume
    ? await store.restore({ signal, inspect })
    : ((await store.check({ signal })) ?? { kind: 'miss' });
  if (restored.kind !== 'hit') signal?.throwIfAborted();
  const keys = checkpointKeys(identity);
  if (restored.kind === 'hit') reportHit(restored, keys, log);
  else if (restored.kind === 'unavailable') reportUnavailable(restored, log);
  else if (restored.kind === 'miss' && resume) reportMiss(restored.unreadable, keys, log);
  else if (restored.kind === 'failed') {
    log.warning(
      `No checkpoint was restored: ${restored.cause}. The run goes on with what this machine has; evals that ` +
        'earlier runs completed elsewhere are run again.',
      'Checkpoint not restored',
    );
  }
  return restored;
}

const ORIGINS = {
  'this run': '',
  'an earlier run': ', of an earlier run',
  'the same request': ', of another job or step that asked for the same. What is done there is reused',
  'the same set': ', of other arguments of this eval set. What has the same content is reused',
} as const;

function reportHit({ key, passedOver }: RestoreHit, keys: CheckpointKeys, log: Log): void {
  for (const { key: broken, why } of passedOver) {
    log.warning(
      `The checkpoint ${broken} is not used: ${why}. An older one is used in its place: ${key}.`,
      'Checkpoint rejected',
    );
  }
  log.info(`Restored the checkpoint ${key}${ORIGINS[keys.originOf(key)]}`);
}

function reportUnavailable({ cause, canBeFixed }: CacheTrouble, log: Log): void {
  if (canBeFixed) {
    log.warning(
      `Checkpoints can neither be restored nor saved: ${cause}. The evals are not affected, but what this run completes ` +
        'can only be reused on this machine.',
      'No checkpoints',
    );
  } else {
    log.info(`No checkpoints: ${cause}. Progress is kept in the state directory of this machine only.`);
  }
}

function reportMiss(unreadable: string | undefined, keys: CheckpointKeys, log: Log): void {
  const without = 'starting from what this machine has.';
  if (unreadable === undefined) {
    log.info(`There is no checkpoint yet: no entry of the cache begins with ${keys.anyOfSet}. So ${without}`);
  } else {
    log.warning(
      `The checkpoint ${unreadable} was packed with zstd, which this machine does not have: ${without} Install zstd in a ` +
        'step before this one, such as "apk add zstd" or "apt-get install -y zstd", to have it restored.',
      'Checkpoint not restored',
    );
  }
}

export interface OpenedState {
  readonly state: State;
  /** Empty when no checkpoint was used. */
  readonly restoredKey: string;
  /** Whether the checkpoint that was restored already holds all of the state. */
  readonly isUnchanged: () => boolean;
}

/**
 * Opens the state of this machine and takes over what the restored checkpoint knows, where that holds up.
 * @throws ActionError STATE_UNWRITABLE
 */
export function adoptCheckpoint(options: OpenOptions, restored: RestoreOutcome): OpenedState {
  const state = State.open(options);
  const without = { state, restoredKey: '', isUnchanged: () => false };
  if (restored.kind !== 'hit') return without;
  try {
    const { model, evalSet } = options.owner;
    // Of what it holds, only the files of this model and eval set are looked at.
    const paths = statePaths(restored.directory, model, evalSet);
    const staged = State.open({ ...options, paths, rejectTo: stateFolder(options.paths) });
    const held = contentOf(staged);
    state.merge(staged);
    return {
      state,
      restoredKey: restored.key,
      isUnchanged: () => saysTheSame(contentOf(state), held),
    };
  } catch (error) {
    refuse(restored.key, reasonOf(error), options.log);
    return without;
  } finally {
    discard(restored.staging);
  }
}

function refuse(key: string, why: string, log: Log): void {
  log.warning(
    `The checkpoint ${key} is not used: ${why}. The run goes on with what this machine has. ` +
      'Delete the entry in the caches of the repository, or change cache-key.',
    'Checkpoint rejected',
  );
}

/** A tree that cannot be removed, say for paths that are too long, is left to the runner: it ends no run. */
function discard(staging: string): void {
  try {
    rmSync(staging, { recursive: true, force: true });
  } catch {
    // It is in RUNNER_TEMP, which the runner empties after the job.
  }
}
