/**
 * What can go wrong between this action and the cache service, at the level of HTTP, with GitHub's own client in between.
 * Each row says where it goes wrong and what a user reads. No row may reject, hold the run up beyond its bound, or hand
 * out anything partial.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import { Checkpointer } from '../../../src/checkpoint/checkpointer.ts';
import { restoreCheckpoint } from '../../../src/checkpoint/restored-checkpoint.ts';
import type { CheckpointStore } from '../../../src/checkpoint/store.ts';
import type { Log } from '../../../src/log.ts';
import { Journals } from '../../../src/progress/journals.ts';
import { type StatePaths, statePaths } from '../../../src/progress/paths.ts';
import { State } from '../../../src/progress/state.ts';
import { HANG, identity, machine, type Rig, test, twirp } from '../../helpers/cache-rig.ts';
import { silentLog } from '../../helpers/silent-log.ts';
import type { CacheStep } from '../../stand-ins/cache-protocol.ts';
import { type CacheFault, type CacheService, startCacheService } from '../../stand-ins/cache-service.ts';

vi.setConfig({ maxConcurrency: 10, testTimeout: 120_000 });

type Protocol = 'v1' | 'v2';

/** Below what the client takes for its own retries, so that rows end here which would go on for half a minute. */
const BOUND = { saveMs: 12_000, restoreMs: 12_000 };
/** For rows that end by themselves. */
const PATIENT = { saveMs: 60_000, restoreMs: 60_000 };

type Row = readonly [
  what: string,
  protocol: Protocol,
  at: CacheStep,
  fault: CacheFault,
  cause: string | RegExp,
];

const busy = twirp(503, 'busy');
const oops = twirp(500, 'oops');
const limited = twirp(429, 'slow down');
const limitedFor40s: CacheFault = {
  status: 429,
  headers: { 'retry-after': '40' },
  body: '{"msg":"slow down"}',
};
const cut: CacheFault = { cutRequestAfter: 1000 };
const proxyPage: CacheFault = { status: 502, body: '<html>bad gateway</html>' };

/** Stopped at the bound, in the middle of what `stage` names. */
function late(stage: string, attempt?: string): string {
  return `it took longer than 12 s (while ${stage}${attempt ? `; last attempt: ${attempt}` : ''})`;
}

const OUTSIDERS = 'as for events that outsiders can trigger, such as pull_request_target';
const RATE = 'the cache service limits the rate of requests (HTTP 429)';
const UNSEEN = 'the entry was uploaded, but looking it up failed:';
const DAMAGED = /^the archive is damaged or incomplete and could not be unpacked/;
const EXPIRED = '(its signed address has expired, or the clock is wrong)';

const savesThatEnd: readonly Row[] = [
  ['no connection', 'v2', 'create', { destroy: true }, 'the cache service cannot be reached (ECONNRESET)'],
  [
    'a token that is refused',
    'v2',
    'create',
    twirp(401, 'who'),
    `the cache service denied the save (HTTP 401, ${OUTSIDERS})`,
  ],
  [
    'a read-only token',
    'v2',
    'create',
    { status: 200, body: '{"ok":false,"message":"cache write denied: read-only token"}' },
    `the token of this run may not save (cache write denied: read-only token, ${OUTSIDERS})`,
  ],
  [
    'a read-only token',
    'v1',
    'create',
    twirp(403, 'cache write denied: read-only'),
    /^the token of this run may not save/,
  ],
  [
    'no such call',
    'v2',
    'create',
    twirp(404, 'gone'),
    'the cache service answered HTTP 404 (Not Found: gone)',
  ],
  [
    'a key that is taken',
    'v2',
    'create',
    twirp(409, 'x'),
    'the cache service has an entry with this key already',
  ],
  [
    'a key that is taken',
    'v1',
    'create',
    twirp(409, 'Cache already exists. Scope: refs/heads/main'),
    'the cache service has an entry with this key already',
  ],
  ['a rate limit', 'v2', 'create', limited, RATE],
  ['a rate limit that names its end', 'v2', 'create', limitedFor40s, `${RATE}, for another 40 s`],
  ['a rate limit', 'v1', 'create', limited, 'the cache service refused to reserve the entry: slow down'],
  [
    'no quota left',
    'v2',
    'create',
    twirp(429, 'insufficient usage to create cache entry'),
    'the cache storage quota is used up, so the service takes no new entries',
  ],
  [
    'an archive over the limit of the server',
    'v1',
    'create',
    twirp(400, 'The cache size of 11 GB exceeds the limit.'),
    'The cache size of 11 GB exceeds the limit.',
  ],
  ['an error', 'v1', 'create', oops, 'the cache service failed with HTTP 500'],
  [
    'an address that has expired',
    'v2',
    'upload',
    { expired: true },
    new RegExp(`HTTP 403, .*${escaped(EXPIRED)}$`),
  ],
  [
    'an upload that is refused',
    'v2',
    'upload',
    twirp(404, 'no'),
    'the archive could not be uploaded: HTTP 404, no',
  ],
  [
    'an upload that is refused',
    'v1',
    'upload',
    twirp(403, 'no'),
    `the cache service denied the save (HTTP 403, ${OUTSIDERS})`,
  ],
  ['a rate limit at the upload', 'v1', 'upload', limited, RATE],
  ['an upload that is cut', 'v1', 'upload', cut, /\b(ECONNRESET|EPIPE|socket hang up)\b/],
  [
    'a refused end that nothing is said about',
    'v2',
    'finalize',
    { status: 200, body: '{"ok":false}' },
    'the cache service refused the uploaded entry',
  ],
  ['a refused end', 'v2', 'finalize', twirp(404, 'x'), 'the cache service answered HTTP 404 (Not Found: x)'],
  [
    'a refused end',
    'v1',
    'finalize',
    twirp(401, 'x'),
    `the cache service denied the save (HTTP 401, ${OUTSIDERS})`,
  ],
  [
    'no connection at the end',
    'v2',
    'finalize',
    { destroy: true },
    'the cache service cannot be reached (ECONNRESET)',
  ],
];

/** The client would wait for the rest for ever. */
const answersThatAreCut: readonly (readonly [
  operation: 'save' | 'restore',
  at: CacheStep,
  Protocol,
  while_: string,
])[] = [
  ['save', 'create', 'v1', 'the entry was reserved'],
  ['save', 'create', 'v2', 'the entry was reserved'],
  ['save', 'finalize', 'v2', 'the upload was completed'],
  ['save', 'lookup', 'v1', 'the new entry was looked up'],
  ['save', 'lookup', 'v2', 'the new entry was looked up'],
  ['restore', 'lookup', 'v1', 'the entry was looked up'],
  ['restore', 'lookup', 'v2', 'the entry was looked up'],
];

const savesThatAreStopped: readonly Row[] = [
  [
    'a service that is busy',
    'v2',
    'create',
    busy,
    late('the entry was reserved', 'Failed request: (503) Service Unavailable: busy'),
  ],
  [
    'a service with an error',
    'v2',
    'create',
    oops,
    late('the entry was reserved', 'Failed request: (500) Internal Server Error: oops'),
  ],
  [
    'the page of a proxy',
    'v2',
    'create',
    proxyPage,
    late('the entry was reserved', 'HTTP 502, with an answer that is not of the cache service'),
  ],
  ['a slow reservation', 'v2', 'create', HANG, late('the entry was reserved')],
  ['a slow reservation', 'v1', 'create', HANG, late('the entry was reserved')],
  ['a slow upload', 'v2', 'upload', HANG, late('the archive was uploaded')],
  ['a slow upload', 'v1', 'upload', HANG, late('the archive was uploaded')],
  ['an upload that is cut', 'v2', 'upload', cut, late('the archive was uploaded', 'socket hang up')],
  ['a storage that is busy', 'v2', 'upload', busy, late('the archive was uploaded', 'HTTP 503')],
  ['a slow end', 'v2', 'finalize', HANG, late('the upload was completed')],
  ['a slow end', 'v1', 'finalize', HANG, late('the upload was completed')],
];

/** What was uploaded is whole: the save does not count, and yet it is there for the next run. */
const savesThatAreNotSeen: readonly Row[] = [
  [
    'a look-up that is refused',
    'v1',
    'lookup',
    twirp(403, 'no'),
    `${UNSEEN} the cache service denied the restore (HTTP 403)`,
  ],
  ['a look-up over the rate limit', 'v2', 'lookup', limitedFor40s, `${UNSEEN} ${RATE}, for another 40 s`],
  ['a slow look-up', 'v2', 'lookup', HANG, late('the new entry was looked up')],
  ['a slow look-up', 'v1', 'lookup', HANG, late('the new entry was looked up')],
];

const restoresThatEnd: readonly Row[] = [
  ['no connection', 'v2', 'lookup', { destroy: true }, 'the cache service cannot be reached (ECONNRESET)'],
  [
    'a token that is refused',
    'v1',
    'lookup',
    twirp(401, 'who'),
    'the cache service denied the restore (HTTP 401)',
  ],
  [
    'a token that may not read',
    'v2',
    'lookup',
    twirp(403, 'cache read denied: none'),
    /^the token of this run may not restore/,
  ],
  [
    'no such call',
    'v2',
    'lookup',
    twirp(404, 'gone'),
    'the cache service answered HTTP 404 (Not Found: gone)',
  ],
  ['a conflict', 'v2', 'lookup', twirp(409, 'odd'), 'the cache service answered HTTP 409 (Conflict: odd)'],
  ['a rate limit', 'v1', 'lookup', limited, RATE],
  ['a rate limit that names its end', 'v2', 'lookup', limitedFor40s, `${RATE}, for another 40 s`],
  ['an error', 'v1', 'lookup', oops, 'the cache service failed with HTTP 500'],
  [
    'an address that has expired',
    'v2',
    'download',
    { expired: true },
    `the archive could not be downloaded: HTTP 403 ${EXPIRED}`,
  ],
  // The v1 client takes the error for the archive.
  ['an address that has expired', 'v1', 'download', { expired: true }, DAMAGED],
  ['a storage over its limit', 'v2', 'download', limited, 'the archive could not be downloaded: HTTP 429'],
  ['a storage with an error', 'v1', 'download', oops, 'the cache service failed with HTTP 500'],
  [
    'a download that is cut',
    'v1',
    'download',
    { truncateAfter: 1000 },
    /^the connection to the cache service broke off/,
  ],
];

const restoresThatAreStopped: readonly Row[] = [
  [
    'a service that is busy',
    'v2',
    'lookup',
    busy,
    late('the entry was looked up', 'Failed request: (503) Service Unavailable: busy'),
  ],
  ['a slow look-up', 'v2', 'lookup', HANG, late('the entry was looked up')],
  ['a slow look-up', 'v1', 'lookup', HANG, late('the entry was looked up')],
  ['a slow download', 'v2', 'download', HANG, late('the archive was downloaded')],
  ['a slow download', 'v1', 'download', HANG, late('the archive was downloaded')],
  [
    'a download that is cut',
    'v2',
    'download',
    { truncateAfter: 1000 },
    late('the archive was downloaded', 'socket hang up'),
  ],
  ['a storage that is busy', 'v2', 'download', busy, late('the archive was downloaded', 'HTTP 503')],
];

describe.concurrent('a save', () => {
  test.for(savesThatEnd)('with %s (%s, %s)', async ([, ...row], { rig }) => {
    const { service, warning } = await failedSave(rig, row, PATIENT);
    expect(warning).toEqual(exactly(row[3]));
    expect(await whatIsThere(rig, row[0], service)).toBe('miss');
  });

  test.for(savesThatAreStopped)('with %s (%s, %s) ends at its bound', async ([, ...row], { rig }) => {
    const { service, warning } = await failedSave(rig, row, BOUND);
    expect(warning).toBe(row[3]);
    expect(await whatIsThere(rig, row[0], service)).toBe('miss');
  });

  test.for(savesThatAreNotSeen)('with %s (%s, %s) does not count', async ([, ...row], { rig }) => {
    const { service, warning } = await failedSave(rig, row, BOUND);
    expect(warning).toBe(row[3]);
    expect(await whatIsThere(rig, row[0], service)).toBe('hit');
  });

  test('to a service that is not there', async ({ rig }) => {
    const gone = await startCacheService();
    await gone.close();
    for (const env of [gone.env, gone.envV1]) {
      const { warning } = await save(rig, rig.store({ env: machine(env), timeouts: PATIENT }));
      expect(warning).toBe('the cache service cannot be reached (ECONNREFUSED)');
    }
  });

  test.for<Protocol>(['v1', 'v2'])(
    'whose entry is evicted before it is looked up (%s)',
    async (protocol, { rig }) => {
      const service = await rig.service({
        faults: ({ step }) => {
          if (step === 'lookup') service.evict();
          return undefined;
        },
      });
      const { warning } = await save(rig, storeOf(rig, protocol, service, PATIENT));
      expect(warning).toBe('the entry was uploaded, but the cache service does not find it');
    },
  );

  test('whose disk is full leaves the run alone', async ({ rig }) => {
    const { env } = await rig.service();
    const { warning } = await save(rig, rig.store({ env: machine(env) }), (paths) =>
      writeFileSync(paths.live, ''),
    );
    expect(warning).toMatch(/^the state could not be copied \(EEXIST/);
  });
});

describe.concurrent('a restore', () => {
  test.for(restoresThatEnd)('with %s (%s, %s)', async ([, ...row], { rig }) => {
    expect(await failedRestore(rig, row, PATIENT)).toEqual(exactly(row[3]));
  });

  test.for(restoresThatAreStopped)('with %s (%s, %s) ends at its bound', async ([, ...row], { rig }) => {
    expect(await failedRestore(rig, row, BOUND)).toBe(row[3]);
  });

  test('from a service that is not there', async ({ rig }) => {
    const gone = await startCacheService();
    await gone.close();
    const warnings = await Promise.all(
      [gone.env, gone.envV1].map((env) => restore(rig.store({ env: machine(env), timeouts: PATIENT }))),
    );
    for (const { warning } of warnings) {
      expect(warning).toMatch(/^the cache service cannot be reached \(ECONNREFUSED\)|^connect ECONNREFUSED/);
    }
  });

  test.for<[Protocol, string | RegExp]>([
    [
      'v2',
      'the archive could not be downloaded: HTTP 404 (the entry was evicted or deleted after it was found)',
    ],
    ['v1', DAMAGED],
  ])('of an entry that is evicted after it was found (%s)', async ([protocol, cause], { rig }) => {
    const service = await rig.service({
      azureHost: true,
      faults: ({ step }) => {
        if (step === 'download') service.evict();
        return undefined;
      },
    });
    const store = storeOf(rig, protocol, service, PATIENT);
    expect(await save(rig, store)).toEqual({ saved: true });
    const { kind, warning } = await restore(store);
    expect(kind).toBe('failed');
    expect(warning).toEqual(exactly(cause));
  });

  test.for<[string, Protocol, (archive: Buffer) => Buffer]>([
    ['cut short', 'v2', (archive) => archive.subarray(0, archive.length / 2)],
    ['cut short', 'v1', (archive) => archive.subarray(0, archive.length / 2)],
    ['with other bytes in it', 'v2', (archive) => Buffer.from(archive).fill(0, 300, 400)],
    ['with other bytes in it', 'v1', (archive) => Buffer.from(archive).fill(0, 300, 400)],
    ['that is empty', 'v1', () => Buffer.alloc(0)],
  ])('of an archive %s (%s)', async ([, protocol, change], { rig }) => {
    const service = await rig.service({ azureHost: true });
    const store = storeOf(rig, protocol, service, PATIENT);
    expect(await save(rig, store)).toEqual({ saved: true });
    service.tamper(service.entries()[0]?.key ?? '', change);
    const { kind, warning } = await restore(store);
    expect(kind).toBe('failed');
    expect(warning).toMatch(DAMAGED);
  });
});

describe.concurrent('an answer that is cut', () => {
  test.for(answersThatAreCut)(
    'ends a %s at once (%s, %s)',
    async ([operation, at, protocol, stage], { rig }) => {
      const fault = [protocol, at, { truncateAfter: 5 }, ''] as const;
      const warning =
        operation === 'save'
          ? (await failedSave(rig, fault, PATIENT)).warning
          : await failedRestore(rig, fault, PATIENT);
      const broken = 'the connection to the cache service broke off (an answer ended in the middle, while';
      expect(warning).toBe(`${broken} ${stage})`);
    },
  );
});

describe.concurrent('a service whose clock is a year off', () => {
  test.for<Protocol>(['v1', 'v2'])('saves and restores (%s)', async (protocol, { rig }) => {
    const service = await rig.service({ azureHost: true, clockAheadMs: 365 * 24 * 3600_000 });
    const store = storeOf(rig, protocol, service, PATIENT);
    expect(await save(rig, store)).toEqual({ saved: true });
    expect(await restore(store)).toEqual({ kind: 'hit' });
  });
});

/** A text is the whole cause, not a part of it. */
function exactly(cause: string | RegExp): unknown {
  return typeof cause === 'string' ? cause : expect.stringMatching(cause);
}

function escaped(text: string): string {
  return text.replace(/[()]/g, '\\$&');
}

function storeOf(
  rig: Rig,
  protocol: Protocol,
  service: CacheService,
  timeouts: typeof BOUND,
): CheckpointStore {
  return rig.store({ env: machine(protocol === 'v1' ? service.envV1 : service.env), timeouts });
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
async function save(
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

async function restore(store: CheckpointStore): Promise<{ kind: string; warning?: string }> {
  const { log, cause } = logOf();
  const owner = { repository: 'o/r', cacheKey: '', model: identity.model, evalSet: identity.evalSet };
  await using checkpoint = await restoreCheckpoint({ store, identity, owner, resume: true, log });
  const { kind } = checkpoint;
  const warning = cause();
  return { kind, ...(warning === undefined ? {} : { warning }) };
}

type Fault = readonly [Protocol, CacheStep, CacheFault, string | RegExp];

/** A save with a fault, which is over afterwards. */
async function failedSave(
  rig: Rig,
  [protocol, at, fault]: Fault,
  timeouts: typeof BOUND,
): Promise<{ service: CacheService; warning: string }> {
  let over = false;
  const service = await rig.service({
    azureHost: true,
    faults: ({ step }) => (step === at && !over ? fault : undefined),
  });
  const { saved, warning = '' } = await save(rig, storeOf(rig, protocol, service, timeouts));
  over = true;
  expect(saved).toBe(false);
  expect(service.requests.some(({ step }) => step === at)).toBe(true);
  return { service, warning };
}

/** What the next job finds where a save failed: nothing, or the whole. */
async function whatIsThere(rig: Rig, protocol: Protocol, service: CacheService): Promise<string> {
  const { kind, warning } = await restore(storeOf(rig, protocol, service, PATIENT));
  expect(warning).toBeUndefined();
  return kind;
}

async function failedRestore(
  rig: Rig,
  [protocol, at, fault]: Fault,
  timeouts: typeof BOUND,
): Promise<string> {
  let on = false;
  const service = await rig.service({
    azureHost: true,
    faults: ({ step }) => (step === at && on ? fault : undefined),
  });
  const env = machine(protocol === 'v1' ? service.envV1 : service.env);
  expect(await save(rig, rig.store({ env }))).toEqual({ saved: true });
  on = true;
  const temporaryDirectory = rig.scratch();
  const { kind, warning = '' } = await restore(rig.store({ env, temporaryDirectory, timeouts }));
  expect(kind).toBe('failed');
  expect(readdirSync(temporaryDirectory), 'nothing partial is left').toEqual([]);
  return warning;
}
