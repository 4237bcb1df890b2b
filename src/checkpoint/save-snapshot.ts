import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '../errors.ts';
import type { State } from '../progress/state.ts';
import { redacted } from './cache/client-output.ts';
import { CHECKPOINT_PATH } from './cache/protocol.ts';
import { removeNow } from './private-directory.ts';
import type { CheckpointStore, OperationOptions, SaveOutcome } from './store.ts';

export interface SnapshotOptions {
  readonly state: State;
  readonly store: CheckpointStore;
  /** Called before a save, with the number that will be free after it. */
  readonly onSave?: (nextSeq: number) => void;
  /** Called after a save, with the outline of the state in it and the key of the checkpoint. */
  readonly onSaved?: (outline: string, key: string) => void;
}

/** Saves a copy of the state as a checkpoint. Never rejects. */
export async function saveSnapshot(
  { state, store, onSave, onSaved }: SnapshotOptions,
  limits: OperationOptions,
): Promise<SaveOutcome> {
  const { live } = state.paths;
  let root: string | undefined;
  try {
    // Without a cache, as in many jobs on own machines, nothing is copied.
    const trouble = await store.check(limits);
    if (trouble) return trouble;
    onSave?.(store.nextSeq + 1);
    // On the file system of the state, so that files that never change are linked instead of copied.
    mkdirSync(live, { recursive: true });
    root = mkdtempSync(join(live, 'snapshot-'));
    state.snapshot(join(root, CHECKPOINT_PATH));
    const outline = onSaved && state.outline();
    const outcome = await store.save(root, limits);
    if (outcome.kind === 'saved' && outline !== undefined) onSaved?.(outline, outcome.key);
    return outcome;
  } catch (error) {
    // Probably a full disk, which may have room again at the next checkpoint.
    return { kind: 'failed', cause: `the state could not be copied (${redacted(reasonOf(error), [])})` };
  } finally {
    // A copy that cannot be removed does not end the run: the next one empties the live directory.
    if (root) removeNow(root);
  }
}
