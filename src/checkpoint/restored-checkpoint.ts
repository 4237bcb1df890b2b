/** A checkpoint in a directory of its own, until the state of this machine has adopted it. */
import { reasonOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Owner } from '../model/owner.ts';
import type { SavedPlan } from '../model/plan.ts';
import { isWhole } from '../model/shard.ts';
import { stateFolder, statePaths } from '../progress/paths.ts';
import { type OpenOptions, State } from '../progress/state.ts';
import type { StatesOnMachine } from '../progress/states-on-machine.ts';
import { type Content, contentOf, hasNews } from './content.ts';
import { type CheckpointIdentity, checkpointKeys } from './keys.ts';
import { removeNow } from './private-directory.ts';
import type { RestoreScope } from './restore.ts';
import { reportRestore } from './restore-messages.ts';
import type { CheckpointStore, RestoreOutcome } from './store.ts';
import { type ReadFiles, TreeInspector } from './trust/inspection.ts';

export interface RestoreRequest {
  readonly store: CheckpointStore;
  readonly identity: CheckpointIdentity;
  readonly owner: Owner;
  /** False: nothing is restored, but the log says at once if this machine cannot save checkpoints either. */
  readonly resume: boolean;
  /** Which checkpoints may be used; by default `set`. */
  readonly scope?: RestoreScope;
  /** What this machine has of the eval set, apart from checkpoints. */
  readonly machine: StatesOnMachine;
  readonly log: Log;
  /** Aborted when the job is cancelled. */
  readonly signal?: AbortSignal;
}

/**
 * Restores the nearest checkpoint and reports what was found. The state of this machine does not change yet.
 * @throws the reason of the signal when it is aborted, instead of a warning that the restore failed
 */
export async function restoreCheckpoint(request: RestoreRequest): Promise<RestoredCheckpoint> {
  const { store, identity, owner, machine, resume, scope = 'set', log, signal } = request;
  const inspector = new TreeInspector(owner);
  const outcome: RestoreOutcome = resume
    ? await store.restore({ signal, inspect: inspector.inspect, scope })
    : ((await store.check({ signal })) ?? { kind: 'miss' });
  if (outcome.kind !== 'hit') signal?.throwIfAborted();
  // A merge may find no earlier one: the results come from the shards.
  if ((resume && scope === 'set') || outcome.kind !== 'miss') {
    const isFresh = outcome.kind === 'miss' && !machine.hasState;
    const difference = isFresh ? await store.otherCheckpoint({ signal }) : undefined;
    reportRestore(outcome, { identity, machine, difference }, log);
  }
  const read = outcome.kind === 'hit' ? inspector.readOf(outcome.directory) : {};
  // A shard with nothing to do says by a checkpoint that it ran: the merge of the shards has no other way to know.
  const mustSave = !isWhole(identity.shard) && !isOfThisRun(outcome, identity);
  return new RestoredCheckpoint(outcome, read, { mustSave, log });
}

function isOfThisRun(outcome: RestoreOutcome, identity: CheckpointIdentity): boolean {
  return outcome.kind === 'hit' && outcome.key.startsWith(checkpointKeys(identity).thisRun);
}

interface AdoptionOptions {
  /** Whether this run saves a checkpoint even when it contains nothing new. */
  readonly mustSave: boolean;
  readonly log: Log;
}

export class RestoredCheckpoint implements AsyncDisposable {
  /** The saved plan in the checkpoint, if it has one that belongs to this owner. */
  readonly plan: SavedPlan | undefined;
  readonly #read: ReadFiles;
  readonly #outcome: RestoreOutcome;
  readonly #mustSave: boolean;
  readonly #log: Log;
  #adopted: { readonly key: string; readonly content: Content; readonly state: State } | undefined;

  constructor(outcome: RestoreOutcome, read: ReadFiles, options: AdoptionOptions) {
    this.#outcome = outcome;
    this.plan = read.plan;
    this.#read = read;
    this.#mustSave = options.mustSave;
    this.#log = options.log;
  }

  get kind(): RestoreOutcome['kind'] {
    return this.#outcome.kind;
  }

  /** Why this job has no checkpoints at all; the log already says it. */
  get knownUnavailable(): string | undefined {
    return this.#outcome.kind === 'unavailable' ? this.#outcome.cause : undefined;
  }

  /** The key of the checkpoint that was adopted; empty if none was. */
  get restoredKey(): string {
    return this.#adopted?.key ?? '';
  }

  /**
   * Merges the checkpoint into the state of this machine, and returns that state. A checkpoint that cannot be merged is
   * reported, and not used. The restored files are removed.
   */
  adoptInto(state: State, { knownCommands }: Pick<OpenOptions, 'knownCommands'> = {}): State {
    const outcome = this.#outcome;
    if (outcome.kind !== 'hit') return state;
    try {
      const { owner } = state;
      const staged = State.open({
        owner,
        paths: statePaths(outcome.directory, owner.model, owner.evalSet),
        log: this.#log,
        rejectTo: stateFolder(state.paths),
        ...this.#read,
        ...(knownCommands ? { knownCommands } : {}),
      });
      const content = contentOf(staged);
      state.merge(staged);
      this.#adopted = { key: outcome.key, content, state };
    } catch (error) {
      this.#log.warning(
        `The checkpoint ${outcome.key} is not used: ${reasonOf(error)}. The run continues with the state of this ` +
          'machine. Delete the entry in the caches of the repository, or change cache-key.',
        'Checkpoint rejected',
      );
    } finally {
      this.#discard();
    }
    return state;
  }

  /** Whether the adopted checkpoint already contains the whole state, so that another one is not worth saving. */
  isUnchanged(): boolean {
    if (!this.#adopted || this.#mustSave) return false;
    return !hasNews(contentOf(this.#adopted.state), this.#adopted.content);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#discard();
  }

  /** Files that cannot be removed, such as those with too long paths, do not end the run. */
  #discard(): void {
    if (this.#outcome.kind === 'hit') removeNow(this.#outcome.staging);
  }
}
