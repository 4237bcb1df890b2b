/** The state of an eval set as a checkpoint: taken out of the Actions cache, put into it. */
import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../log.ts';
import { sealLive } from '../progress/journal.ts';
import { stateFolder, statePaths } from '../progress/paths.ts';
import { type OpenOptions, State } from '../progress/state.ts';
import { checkpointKeys } from './keys.ts';
import { CHECKPOINT_PATH } from './protocol.ts';
import { type CheckpointStore, openCheckpointStore, type RestoreOutcome } from './store.ts';

/** More entries than this are no checkpoint of this action. */
const MOST_ENTRIES = 200_000;

interface StoreRequest {
  readonly model: string;
  readonly evalSet: string;
  readonly cacheKey: string;
}

interface StoreContext {
  readonly runId: string;
  readonly runAttempt: number;
  readonly temporaryDirectory: string;
}

/** @param firstSeq number of the first checkpoint to be saved; main and post count on, so that no key is used twice */
export function checkpointStore(
  request: StoreRequest,
  context: StoreContext,
  firstSeq: number,
): CheckpointStore {
  const { model, evalSet, cacheKey } = request;
  const { runId, runAttempt, temporaryDirectory } = context;
  const keys = checkpointKeys({ model, evalSet, cacheKey, shard: { index: 1, count: 1 }, runId, runAttempt });
  return openCheckpointStore({ keys, env: process.env, temporaryDirectory, firstSeq });
}

/** Restores into a directory of its own and says what that means for the run; nothing is taken over yet. */
export async function restoreCheckpoint(store: CheckpointStore, log: Log): Promise<RestoreOutcome> {
  const restored = await store.restore();
  switch (restored.kind) {
    case 'hit':
      log.info(`Restored the checkpoint ${restored.key}`);
      break;
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
 * Opens the state of this machine and takes over what the restored checkpoint knows. What came out of a cache is not
 * trusted: it was unpacked into a directory of its own, is checked there, and what does not hold up is left out.
 * @throws ActionError STATE_UNWRITABLE
 */
export function openWithCheckpoint(options: OpenOptions, restored: RestoreOutcome): OpenedState {
  const state = State.open(options);
  const without = { state, restoredKey: '', unchangedSince: () => false };
  if (restored.kind !== 'hit') return without;
  try {
    const suspect = suspicious(restored.directory);
    if (suspect) {
      options.log.warning(
        `The checkpoint ${restored.key} is not used: ${suspect}. The run goes on with what this machine has. ` +
          'Delete the entry in the caches of the repository, or change cache-key.',
        'Checkpoint rejected',
      );
      return without;
    }
    const { model, evalSet } = options.owner;
    const paths = statePaths(restored.directory, model, evalSet);
    const staged = State.open({ ...options, paths, rejectTo: stateFolder(options.paths) });
    const held = staged.digest();
    state.merge(staged);
    return { state, restoredKey: restored.key, unchangedSince: () => state.digest() === held };
  } finally {
    rmSync(restored.staging, { recursive: true, force: true });
  }
}

/**
 * Seals the state and saves the sealed copy, unless the checkpoint it came from holds all of it. Cache trouble is a warning
 * that says what it means, never a failure.
 * @returns the key of the new checkpoint; empty when none was saved
 */
export async function saveCheckpoint(
  { state, unchangedSince }: Pick<OpenedState, 'state' | 'unchangedSince'>,
  store: CheckpointStore,
  temporaryDirectory: string,
  log: Log,
): Promise<string> {
  sealLive(state.paths);
  if (unchangedSince()) return '';
  const root = mkdtempSync(join(temporaryDirectory, 'oaievalset-save-'));
  try {
    state.snapshot(join(root, CHECKPOINT_PATH));
    const saved = await store.save(root);
    if (saved.kind === 'saved') {
      log.info(`Saved the checkpoint ${saved.key}`);
      return saved.key;
    }
    if (saved.kind === 'failed') {
      log.warning(
        `The checkpoint was not saved: ${saved.cause}. The evals are not affected, but what this run completed can only ` +
          'be taken up from this machine, or from an earlier checkpoint.',
        'Checkpoint not saved',
      );
    }
    return '';
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Says what in a restored tree cannot come from this action. */
function suspicious(directory: string): string | undefined {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  if (entries.length > MOST_ENTRIES) return `it holds ${entries.length} files`;
  const odd = entries.find((entry) => !entry.isFile() && !entry.isDirectory());
  if (odd) return `it holds ${join(odd.parentPath, odd.name)}, which is neither a file nor a directory`;
  const linked = entries.find(
    (entry) => entry.isFile() && lstatSync(join(entry.parentPath, entry.name)).nlink > 1,
  );
  return linked ? `it holds ${linked.name}, which is a hard link` : undefined;
}
