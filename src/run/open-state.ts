import type { RestoredCheckpoint } from '../checkpoint/restored-checkpoint.ts';
import type { Log } from '../log.ts';
import type { Owner } from '../model/owner.ts';
import type { Plan } from '../model/plan.ts';
import { recordedCommand, type SetCommands } from '../plan/command.ts';
import { Journals } from '../progress/journals.ts';
import { lockState } from '../progress/lock.ts';
import type { StatePaths } from '../progress/paths.ts';
import { quarantineState } from '../progress/quarantine.ts';
import { savedPlan } from '../progress/saved-plan.ts';
import { clearInProgress, State } from '../progress/state.ts';

export interface OpenStateRequest {
  readonly paths: StatePaths;
  readonly owner: Owner;
  readonly plan: Plan;
  readonly command: SetCommands;
  /** Keys of the evals that other shards have. */
  readonly elsewhere: readonly string[];
  /** Nothing is adopted from an empty one. */
  readonly checkpoint: RestoredCheckpoint;
  /** If false, the state on this machine is quarantined first. */
  readonly resume: boolean;
  readonly log: Log;
}

/** The locked state of this machine. Disposing of it releases the lock. */
export interface OpenedState extends AsyncDisposable {
  readonly state: State;
  readonly journals: Journals;
}

/**
 * Locks and opens the state, adopts the checkpoint, cleans up after an earlier process that was killed, and saves the plan.
 *
 * @throws ActionError STATE_LOCKED, STATE_NOT_OURS or STATE_UNWRITABLE
 */
export async function openState(request: OpenStateRequest): Promise<OpenedState> {
  const { paths, owner, plan, command, elsewhere, checkpoint, resume, log } = request;
  return await locked(paths, () => {
    if (!resume && quarantineState(paths))
      log.info('resume is false, so the state of earlier runs on this machine was quarantined.');
    const knownCommands = [
      ...plan.evals.map((planned) => planned.command),
      // Whether a model grades an eval that is left out is not known.
      ...plan.leftOut.flatMap((key) =>
        [true, false].map((modelGraded) => recordedCommand(command, { key, modelGraded })),
      ),
    ];
    const opened = State.open({ paths, owner, knownCommands, elsewhere, log });
    const state = checkpoint.adoptInto(opened, { knownCommands });
    const journals = cleanedUp(paths);
    state.savePlan(savedPlan(plan, owner));
    return { state, journals };
  });
}

export type OpenMergedRequest = Pick<OpenStateRequest, 'paths' | 'owner' | 'checkpoint' | 'log'>;

/**
 * Locks and opens the state into which shards are merged, and adopts what the last merge saved.
 *
 * @throws ActionError STATE_LOCKED, STATE_NOT_OURS or STATE_UNWRITABLE
 */
export async function openMerged({ paths, owner, checkpoint, log }: OpenMergedRequest): Promise<OpenedState> {
  return await locked(paths, () => {
    const state = checkpoint.adoptInto(State.open({ paths, owner, log }));
    return { state, journals: cleanedUp(paths) };
  });
}

/** Opens a state that is locked from now on. */
async function locked<T extends object>(paths: StatePaths, open: () => T): Promise<T & AsyncDisposable> {
  const lock = await lockState(paths);
  try {
    return { ...open(), [Symbol.asyncDispose]: () => lock.release() };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Keeps what an earlier process recorded before it was killed, and removes the rest of what it had begun. */
function cleanedUp(paths: StatePaths): Journals {
  const journals = new Journals(paths);
  journals.sealOpenSegments();
  clearInProgress(paths);
  return journals;
}
