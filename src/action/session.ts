import { getState, saveState } from '@actions/core';
import type { CheckpointIdentity } from '../checkpoint/keys.ts';
import { reasonOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { RunContext } from './context.ts';
import type { Inputs } from './inputs.ts';

/** What `post` has to know about `main`, carried as one object. */
export interface Session {
  readonly inputs: Pick<Inputs, 'model' | 'evalSet' | 'cacheKey' | 'stateDirectory' | 'resume'>;
  readonly context: RunContext;
  /** Whose checkpoints main saved. */
  readonly checkpoint: CheckpointIdentity;
  /** Whether the state on disk is that of this run: from then on it is worth saving. */
  readonly adopted: boolean;
  readonly restoredKey: string;
  /** Sequence number of the next checkpoint; each save takes a new one. */
  readonly nextSeq: number;
  /** Outline of the state that the newest checkpoint of this run holds; left out as long as there is none. */
  readonly savedOutline?: string;
  /** Whether main came to its end, so that nothing is left to do. */
  readonly ended: boolean;
}

const NAME = 'session';

/** What of the inputs `post` has to know. A secret it reads anew: nothing secret is written down. */
export function sessionInputs({
  model,
  evalSet,
  cacheKey,
  stateDirectory,
  resume,
}: Inputs): Session['inputs'] {
  return { model, evalSet, cacheKey, stateDirectory, resume };
}

/** The session of a run that goes on. */
export class RunningSession {
  readonly #log: Log;
  #session: Session;
  #warned = false;

  constructor(session: Session, log: Log) {
    this.#session = session;
    this.#log = log;
  }

  /** A runner that cannot take it, for its disk is full, does not end the run. */
  save(changes: Partial<Session> = {}): void {
    this.#session = { ...this.#session, ...changes };
    try {
      saveSession(this.#session);
    } catch (error) {
      if (this.#warned) return;
      this.#warned = true;
      this.#log.warning(
        `The runner could not be told how far this step is: ${reasonOf(error)}. When the step is killed, its post step may not save what it completed.`,
      );
    }
  }
}

/** Written to the runner at once, so that it outlives a kill -9 of main. The last one counts. */
export function saveSession(session: Session): void {
  saveState(NAME, JSON.stringify(session));
}

/** @returns undefined when main did not get as far as its inputs */
export function loadSession(): Session | undefined {
  const text = getState(NAME);
  return text === '' ? undefined : (JSON.parse(text) as Session);
}
