/** State directories with completed evals, in this process. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Command } from '../../src/model/command.ts';
import type { Owner } from '../../src/model/owner.ts';
import type { PlannedEval } from '../../src/model/plan.ts';
import { liveRecordFile, type StatePaths, statePaths } from '../../src/progress/paths.ts';
import { parseProgress } from '../../src/progress/progress-file.ts';
import { State } from '../../src/progress/state.ts';
import { completion, owner, planned, recordingLog, temporaryDirectory } from './builders.ts';

export interface OpenedState {
  readonly state: State;
  readonly log: ReturnType<typeof recordingLog>;
  readonly paths: StatePaths;
  readonly root: string;
}

export const [a, b, c] = [planned('a.dev.v0'), planned('b.dev.v0'), planned('c.dev.v0')] as const;

/** The clock of these states. */
export const now = () => new Date('2026-02-03T04:05:06.789Z');

/** The suffix of what they quarantine. */
export const STAMP = 'rejected-20260203T040506Z';

export function openState(root = temporaryDirectory(), changes: Partial<Owner> = {}): OpenedState {
  const log = recordingLog();
  const paths = statePaths(root, 'gpt-4', 'set');
  return { root, paths, log, state: State.open({ paths, owner: { ...owner, ...changes }, log, now }) };
}

/** A state in which these evals are completed, with record files. */
export function stateWithDone(...evals: readonly PlannedEval[]): OpenedState {
  const opened = openState();
  for (const done of evals) {
    const live = liveRecordFile(opened.paths, done.key);
    mkdirSync(dirname(live), { recursive: true });
    writeFileSync(live, `record of ${done.key}\n`);
    opened.state.complete(completion(done), live);
  }
  return opened;
}

/** Commands of the progress file. */
export function progressLines({ progressFile }: StatePaths): readonly Command[] {
  return parseProgress(readFileSync(progressFile, 'utf8')).commands;
}
