import { getState, saveState } from '@actions/core';
import type { RunContext } from './context.ts';
import type { Inputs } from './inputs.ts';

/** What `post` has to know about `main`, carried as one object. */
export interface Session {
  readonly inputs: Pick<Inputs, 'model' | 'evalSet' | 'cacheKey' | 'stateDirectory' | 'resume'>;
  readonly context: RunContext;
  /** Whether the state on disk is that of this run: from then on it is worth saving. */
  readonly adopted: boolean;
  readonly restoredKey: string;
  /** Sequence number of the next checkpoint; each save takes a new one. */
  readonly nextSeq: number;
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

/** Written to the runner at once, so that it outlives a kill -9 of main. The last one counts. */
export function saveSession(session: Session): void {
  saveState(NAME, JSON.stringify(session));
}

/** @returns undefined when main did not get as far as its inputs */
export function loadSession(): Session | undefined {
  const text = getState(NAME);
  return text === '' ? undefined : (JSON.parse(text) as Session);
}
