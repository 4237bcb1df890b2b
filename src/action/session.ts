import { getState, saveState } from '@actions/core';
import type { CheckpointIdentity } from '../checkpoint/keys.ts';
import { reasonOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { ApiTrouble } from '../model/api-trouble.ts';
import type { Owner } from '../model/owner.ts';
import type { Remarks } from '../report/remarks.ts';
import type { RunContext } from './context.ts';
import type { Inputs } from './inputs.ts';

/** Passed from main to post. */
export interface Session {
  readonly inputs: Pick<Inputs, 'model' | 'evalSet' | 'cacheKey' | 'stateDirectory'>;
  readonly context: RunContext;
  /** The identity under which main saved checkpoints. */
  readonly checkpoint: CheckpointIdentity;
  /** Sequence number of the next checkpoint; each save takes a new one. */
  readonly nextSeq: number;
  /** Outline of the state in the newest checkpoint of this run; undefined until one is saved. */
  readonly savedOutline?: string;
  /** The last trouble of the API that main reported; undefined: none. */
  readonly trouble?: ApiTrouble;
  /** Key of that checkpoint. */
  readonly savedKey?: string;
  /** What main said of its end; undefined when it was killed before. Main has then printed the results. */
  readonly remarks?: Remarks;
  /** Whether main has written the reports, so that post does not write them again. */
  readonly isReported?: boolean;
  /** Why main stopped early, as a clause. */
  readonly whyStopped?: string;
  /** Whether main finished, so that post has nothing to do. */
  readonly ended: boolean;
}

const NAME = 'session';

/** The inputs that post needs. Post reads the encryption key from its own input, so that no secret is in the session. */
export function sessionInputs({ model, evalSet, cacheKey, stateDirectory }: Inputs): Session['inputs'] {
  return { model, evalSet, cacheKey, stateDirectory };
}

/** The owner of the state. Main passes its step, post its session. */
export function ownerOf({ inputs, context }: Pick<Session, 'inputs' | 'context'>): Owner {
  const { cacheKey, model, evalSet } = inputs;
  return { repository: context.repository, cacheKey, model, evalSet };
}

/** The session of a running main. */
export class RunningSession {
  readonly #log: Log;
  #session: Session;
  #warned = false;

  constructor(session: Session, log: Log) {
    this.#session = session;
    this.#log = log;
  }

  /** If the runner cannot store the session, as on a full disk, this warns once and the run continues. */
  save(changes: Partial<Session> = {}): void {
    this.#session = { ...this.#session, ...changes };
    try {
      saveSession(this.#session);
    } catch (error) {
      if (this.#warned) return;
      this.#warned = true;
      this.#log.warning(
        `The state of this step could not be passed to its post step: ${reasonOf(error)}. If the step is killed, its completed evals may not be saved.`,
      );
    }
  }
}

/** Writes the session at once, so that it survives a SIGKILL of main. The last one that was written counts. */
export function saveSession(session: Session): void {
  saveState(NAME, JSON.stringify(session));
}

/** @returns undefined if main ended before it saved a session */
export function loadSession(): Session | undefined {
  const text = getState(NAME);
  return text === '' ? undefined : (JSON.parse(text) as Session);
}
