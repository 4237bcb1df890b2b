/**
 * What can go wrong between this action and the cache service, at the level of HTTP, with GitHub's own client in between.
 * Each row of the tests says where it goes wrong and what a user reads. No row may reject, or hand out anything partial.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Checkpointer } from '../../../src/checkpoint/checkpointer.ts';
import { restoreCheckpoint } from '../../../src/checkpoint/restored-checkpoint.ts';
import type { CheckpointStore } from '../../../src/checkpoint/store.ts';
import type { Log } from '../../../src/log.ts';
import { Journals } from '../../../src/progress/journals.ts';
import { type StatePaths, statePaths } from '../../../src/progress/paths.ts';
import { State } from '../../../src/progress/state.ts';
import {
  boundBy,
  EMPTY_MACHINE,
  HANG,
  identity,
  type Job,
  machine,
  type Rig,
  twirp,
} from '../../helpers/cache-rig.ts';
import { silentLog } from '../../helpers/silent-log.ts';
import type { CacheStep } from '../../stand-ins/cache-protocol.ts';
import type { CacheFault, CacheService, CacheServiceOptions } from '../../stand-ins/cache-service.ts';

export type Protocol = 'v1' | 'v2';

export type Row = readonly [
  what: string,
  protocol: Protocol,
  at: CacheStep,
  fault: CacheFault,
  cause: string | RegExp,
];

export const busy = twirp(503, 'busy');
export const oops = twirp(500, 'oops');
export const limited = twirp(429, 'slow down');
export const limitedFor40s: CacheFault = {
  status: 429,
  headers: { 'retry-after': '40' },
  body: '{"msg":"slow down"}',
};
export const badGateway: CacheFault = { status: 502 };

export const OUTSIDERS = 'as for events that outsiders can trigger, such as pull_request_target';
export const RATE = 'the cache service limits the rate of requests (HTTP 429)';
export const DAMAGED = /^the archive is damaged or incomplete and could not be unpacked/;
export const EXPIRED = '(its signed address has expired, or the clock is wrong)';

const TIMEOUTS = { saveMs: 12_000, restoreMs: 12_000 };

/** The cause when the time is up in the middle of what `stage` names. */
export function late(stage: string, attempt?: string): string {
  return `it took longer than 12 s (while ${stage}${attempt ? `; last attempt: ${attempt}` : ''})`;
}

/** The cause when the connection ends in the middle of a response. */
export function cutOff(stage: string): string {
  return `the connection to the cache service broke off (a response ended in the middle, while ${stage})`;
}

/** A text is the whole cause, not a part of it. */
export function exactly(cause: string | RegExp): unknown {
  return typeof cause === 'string' ? cause : expect.stringMatching(cause);
}

export interface Faulty {
  readonly options: CacheServiceOptions;
  /** What bounds the store when the time is to be up. */
  readonly bound: Pick<Job, 'limitOf' | 'timeouts'>;
  /** Ends the fault. */
  heal(): void;
}

/** A service with one fault. A row whose operation is to take too long ends when it has reached the fault. */
export function faulty([, , at, fault, cause]: Row): Faulty {
  const timeIsUp = new AbortController();
  const isLate = typeof cause === 'string' && cause.startsWith('it took longer');
  // The first attempts have to fail for a cause that names the last one.
  const until = fault === HANG ? 0 : 2;
  let isHealed = false;
  return {
    options: {
      azureHost: true,
      faults: ({ step, nth }) => {
        if (step !== at || isHealed) return undefined;
        if (isLate && nth >= until) setImmediate(() => timeIsUp.abort());
        return fault;
      },
    },
    bound: isLate ? { limitOf: boundBy(timeIsUp.signal), timeouts: TIMEOUTS } : {},
    heal: () => {
      isHealed = true;
    },
  };
}

export function environmentOf(protocol: Protocol, service: CacheService): NodeJS.ProcessEnv {
  return machine(protocol === 'v1' ? service.envV1 : service.env);
}

/** The cause that a warning names, after checking that it says what happened and what it means. */
function logOf(): { log: Log; cause(): string | undefined } {
  const warnings: string[] = [];
  return {
    log: { ...silentLog, warning: (message) => void warnings.push(message) },
    cause() {
      expect(warnings.length).toBeLessThan(2);
      const [warning] = warnings;
      if (warning === undefined) return undefined;
      const parts =
        /^No checkpoint was restored: (.*)\. The run continues with the state of this machine; evals /s.exec(
          warning,
        ) ?? /^The checkpoint was not saved: (.*)\. The results are not affected, but /s.exec(warning);
      expect(parts, warning).not.toBeNull();
      return parts?.[1];
    },
  };
}

/** Saves a state of some size, as main does. */
export async function save(
  rig: Rig,
  store: CheckpointStore,
  meanwhile: (paths: StatePaths) => void = () => {},
): Promise<{ saved: boolean; warning?: string }> {
  const { log, cause } = logOf();
  const owner = { repository: 'o/r', cacheKey: '', model: 'gpt-4o', evalSet: 'test' };
  const paths = statePaths(rig.scratch(), owner.model, owner.evalSet);
  const state = State.open({ paths, owner, log });
  mkdirSync(paths.logs, { recursive: true });
  writeFileSync(join(paths.logs, 'test.dev.v0.jsonl'), randomBytes(20_000));
  meanwhile(paths);
  const { key } = await new Checkpointer({
    state,
    isUnchanged: () => false,
    journals: new Journals(paths),
    store,
    log,
  }).finish();
  const warning = cause();
  return { saved: key !== '', ...(warning === undefined ? {} : { warning }) };
}

/** Restores, as main does. */
export async function restore(store: CheckpointStore): Promise<{ kind: string; warning?: string }> {
  const { log, cause } = logOf();
  const owner = { repository: 'o/r', cacheKey: '', model: identity.model, evalSet: identity.evalSet };
  await using checkpoint = await restoreCheckpoint({
    store,
    identity,
    owner,
    machine: EMPTY_MACHINE,
    resume: true,
    log,
  });
  const { kind } = checkpoint;
  const warning = cause();
  return { kind, ...(warning === undefined ? {} : { warning }) };
}
