import { getState, saveState } from '@actions/core';
import type { CheckpointIdentity } from '../checkpoint/keys.ts';
import { reasonOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { RunContext } from './context.ts';
import type { Inputs } from './inputs.ts';

/** What `post` has to know about `main`, carried as one object. */
export interface Session {
  readonly inputs: Pick<Inputs, 'model' | 'evalSet' | 'cacheKey' | 'stateDirectory'>;
  readonly context: RunContext;
  /** Whose checkpoints main saved. */
  readonly checkpoint: CheckpointIdentity;
  /** Sequence number of the next checkpoint; each save takes a new one. */
  readonly nextSeq: number;
  /** Outline of the state that the newest checkpoint of this run holds; left out as long as there is none. */
  readonly savedOutline?: string;
  /** Whether main came to its end, so that nothing is left to do. */
  readonly ended: boolean;
}

const NAME = 'session';

/** What `post` has to know of the inputs. It reads a secret anew: nothing secret is written down. */
export function sessionInputs({ model, evalSet, cacheKey, stateDirectory }: Inputs): Session['inputs'] {
  return { model, evalSet, cacheKey, stateDirectory };
}

/** The session while main runs. */
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
