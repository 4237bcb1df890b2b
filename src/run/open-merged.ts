import type { RestoredCheckpoint } from '../checkpoint/restored-checkpoint.ts';
import type { Log } from '../log.ts';
import type { Owner } from '../model/owner.ts';
import { lockState } from '../progress/lock.ts';
import type { StatePaths } from '../progress/paths.ts';
import { clearInProgress, State } from '../progress/state.ts';

export interface OpenMergedRequest {
  readonly paths: StatePaths;
  readonly owner: Owner;
  /** The last merged checkpoint. */
  readonly checkpoint: RestoredCheckpoint;
  readonly log: Log;
}

/**
 * Locks and opens the state into which shards are merged, and adopts what the last merge saved. Disposing of it releases the lock.
 * @throws ActionError STATE_LOCKED, STATE_NOT_OURS or STATE_UNWRITABLE
 */
export async function openMerged(
  request: OpenMergedRequest,
): Promise<AsyncDisposable & { readonly state: State }> {
  const { paths, owner, checkpoint, log } = request;
  const lock = await lockState(paths);
  try {
    const state = checkpoint.adoptInto(State.open({ paths, owner, log }));
    clearInProgress(paths);
    return { state, [Symbol.asyncDispose]: () => lock.release() };
  } catch (error) {
    await lock.release();
    throw error;
  }
}
