/** What tests of the checkpointer need: a state, a store that notes what it is to save, and a clock of their own. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import { Checkpointer, type CheckpointerOptions } from '../../../src/checkpoint/checkpointer.ts';
import type {
  CacheTrouble,
  CheckpointStore,
  OperationOptions,
  SaveOutcome,
} from '../../../src/checkpoint/store.ts';
import { SupersededCheckpoints } from '../../../src/checkpoint/superseded.ts';
import type { GitHubApi } from '../../../src/github/github-api.ts';
import { Journals } from '../../../src/progress/journals.ts';
import { statePaths } from '../../../src/progress/paths.ts';
import { State } from '../../../src/progress/state.ts';
import { completion, owner, planned, recordingLog, temporaryDirectory } from '../../helpers/builders.ts';
import { silentLog } from '../../helpers/silent-log.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const INTERVAL = 2 * MINUTE;

export const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

interface Save {
  /** The progress file of the snapshot. */
  readonly progress: string;
  readonly names: readonly string[];
  readonly options: OperationOptions;
  readonly at: number;
}

type Reply = (seq: number, options: OperationOptions) => SaveOutcome | Promise<SaveOutcome>;

export const saved: Reply = (seq) => ({ kind: 'saved', key: `key-${seq}` });
export const failing: Reply = () => ({ kind: 'failed', cause: 'HTTP 503' });
/** Hangs until it is stopped, as the worker of the real store does. */
export const hanging: Reply = (_, { signal }) =>
  new Promise((resolve) => {
    const stop = (): void => resolve({ kind: 'failed', cause: 'it was stopped before it finished' });
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop);
  });

/** Notes what it is to save, and counts saves that begin during another one. */
class FakeStore implements CheckpointStore {
  nextSeq = 1;
  reply: Reply = saved;
  /** Why the machine has no checkpoints. */
  trouble: CacheTrouble | undefined;
  readonly saves: Save[] = [];
  overlaps = 0;
  #busy = false;

  async check(): Promise<CacheTrouble | undefined> {
    return this.trouble;
  }

  async restore(): Promise<never> {
    throw new Error('not a restore');
  }

  async newestOfSet() {
    return undefined;
  }

  async otherCheckpoint(): Promise<never> {
    throw new Error('not a restore');
  }

  async save(root: string, options: OperationOptions = {}): Promise<SaveOutcome> {
    if (this.#busy) this.overlaps += 1;
    this.#busy = true;
    const seq = this.nextSeq++;
    const file = join(root, 'tmp/oaievalset/gpt-4.set.progress.txt');
    this.saves.push({
      progress: existsSync(file) ? readFileSync(file, 'utf8') : '',
      names: readdirSync(root, { recursive: true }).map(String),
      options,
      at: Date.now(),
    });
    const outcome = await this.reply(seq, options);
    this.#busy = false;
    return outcome;
  }
}

/** The checkpoints of a run whose token can delete entries, and what GitHub responds to a deletion. */
export function deletes(
  request: GitHubApi['request'] = async () => ({ kind: 'ok', body: {} }),
): SupersededCheckpoints {
  return new SupersededCheckpoints({ github: { request }, ref: '', log: silentLog });
}

export function journalsWith(revision: () => number, sealAll: () => readonly unknown[] = () => []) {
  return {
    get revision() {
      return revision();
    },
    sealAll,
    sealOpenSegments: () => {},
  };
}

export function machine(options: Partial<CheckpointerOptions> = {}, directory = 'state') {
  const paths = statePaths(join(temporaryDirectory(), directory), 'gpt-4', 'set');
  const state = State.open({ paths, owner, log: silentLog });
  const store = new FakeStore();
  const log = recordingLog();
  const seqs: number[] = [];
  const began = Date.now();
  const checkpointer = new Checkpointer({
    state,
    isUnchanged: () => false,
    store,
    log,
    journals: new Journals(paths),
    intervalMs: INTERVAL,
    onSave: (nextSeq) => seqs.push(nextSeq),
    ...options,
  });
  let done = 0;
  return {
    checkpointer,
    state,
    store,
    log,
    seqs,
    /** The copies of the state that are left. */
    copies: () => readdirSync(state.paths.live).filter((name) => name.startsWith('snapshot-')),
    /** Completes an eval, so that there is something new. */
    complete: () => state.complete(completion(planned(`eval-${++done}.dev.v0`))),
    /** Milliseconds from the start to each save. */
    times: () => store.saves.map(({ at }) => at - began),
    linesIn: (save: number) => store.saves[save]?.progress.split('\n').filter(Boolean).length,
  };
}
