/** The state of an eval set as a checkpoint: taken out of the Actions cache, put into it. */
import { rmSync } from 'node:fs';
import { ActionError, reasonOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { stateFolder, statePaths } from '../progress/paths.ts';
import { type OpenOptions, State } from '../progress/state.ts';
import { encryptionKeyProblem } from './encryption.ts';
import { checkpointKeys } from './keys.ts';
import { type CheckpointStore, openCheckpointStore, type RestoreOutcome } from './store.ts';
import { suspicious } from './untrusted-tree.ts';

interface StoreRequest {
  readonly model: string;
  readonly evalSet: string;
  readonly cacheKey: string;
  /** Checkpoints are encrypted with it, and only such are restored; empty or left out: they are plain. */
  readonly encryptionKey?: string;
}

interface StoreContext {
  readonly runId: string;
  readonly runAttempt: number;
  readonly temporaryDirectory: string;
}

/**
 * @param firstSeq number of the first checkpoint to be saved; main and post count on, so that no key is used twice
 * @throws ActionError INPUT_INVALID when the encryption key can be guessed
 */
export function checkpointStore(
  request: StoreRequest,
  context: StoreContext,
  firstSeq: number,
): CheckpointStore {
  const { model, evalSet, cacheKey, encryptionKey = '' } = request;
  const problem = encryptionKey && encryptionKeyProblem(encryptionKey);
  if (problem) {
    throw new ActionError(
      'INPUT_INVALID',
      `The input encryption-key cannot be used: ${problem}.`,
      'Make a key with "openssl rand -base64 32", and store it as a secret of the repository.',
    );
  }
  const { runId, runAttempt, temporaryDirectory } = context;
  const keys = checkpointKeys({ model, evalSet, cacheKey, shard: { index: 1, count: 1 }, runId, runAttempt });
  return openCheckpointStore({ keys, env: process.env, temporaryDirectory, firstSeq, encryptionKey });
}

/**
 * Restores into a directory of its own and says what that means for the run; nothing is taken over yet. What came out of a
 * cache is not trusted: a tree that cannot be of this action is discarded before anything of it is read.
 */
export async function restoreCheckpoint(store: CheckpointStore, log: Log): Promise<RestoreOutcome> {
  const restored = await store.restore();
  switch (restored.kind) {
    case 'hit': {
      const suspect = suspicious(restored.directory);
      if (suspect) {
        discard(restored.staging);
        refuse(restored.key, suspect, log);
        return { kind: 'failed', cause: suspect };
      }
      log.info(`Restored the checkpoint ${restored.key}`);
      break;
    }
    case 'miss':
      log.info('There is no checkpoint yet: starting from what this machine has.');
      break;
    case 'unavailable':
      log.info(
        `No checkpoints: ${restored.cause}. Progress is kept in the state directory of this machine only.`,
      );
      break;
    case 'failed':
      log.warning(
        `No checkpoint was restored: ${restored.cause}. The run goes on with what this machine has; evals that ` +
          'earlier runs completed elsewhere are run again.',
        'Checkpoint not restored',
      );
  }
  return restored;
}

export interface OpenedState {
  readonly state: State;
  /** Empty when no checkpoint was used. */
  readonly restoredKey: string;
  /** Whether the checkpoint that was restored already holds all of the state. */
  readonly unchangedSince: () => boolean;
}

/**
 * Opens the state of this machine and takes over what the restored checkpoint knows, where that holds up.
 * @throws ActionError STATE_UNWRITABLE
 */
export function openWithCheckpoint(options: OpenOptions, restored: RestoreOutcome): OpenedState {
  const state = State.open(options);
  const without = { state, restoredKey: '', unchangedSince: () => false };
  if (restored.kind !== 'hit') return without;
  try {
    const { model, evalSet } = options.owner;
    // Of what it holds, only the files of this model and eval set are looked at.
    const paths = statePaths(restored.directory, model, evalSet);
    const staged = State.open({ ...options, paths, rejectTo: stateFolder(options.paths) });
    const held = staged.digest();
    state.merge(staged);
    return { state, restoredKey: restored.key, unchangedSince: () => state.digest() === held };
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
