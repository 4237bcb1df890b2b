/** Restores that a fault of the cache service, of the way there or of an entry makes fail: faults.ts. */
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, vi } from 'vitest';
import { HANG, keyOf, machine, Rig, type Seed, test, twirp } from '../../helpers/cache-rig.ts';
import { startCacheService } from '../../stand-ins/cache-service.ts';
import {
  badGateway,
  busy,
  cutOff,
  DAMAGED,
  EXPIRED,
  environmentOf,
  exactly,
  faulty,
  late,
  limited,
  limitedFor40s,
  oops,
  type Protocol,
  RATE,
  type Row,
  restore,
  save,
} from './faults.ts';

vi.setConfig({ maxConcurrency: 6 });

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
    'the cache service responded with HTTP 404 (Not Found: gone)',
  ],
  [
    'a conflict',
    'v2',
    'lookup',
    twirp(409, 'odd'),
    'the cache service responded with HTTP 409 (Conflict: odd)',
  ],
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
  // The client retries these until it gives up.
  ['a service that stays busy', 'v2', 'lookup', busy, 'the cache service failed with HTTP 503 in 5 attempts'],
  ['a service that stays away', 'v1', 'lookup', badGateway, 'the cache service failed with HTTP 502'],
  [
    'a download that is cut off each time',
    'v2',
    'download',
    { truncateAfter: 50 },
    /^the connection to the cache service broke off/,
  ],
  // The client would wait for the rest indefinitely.
  ['a response that is cut off', 'v1', 'lookup', { truncateAfter: 5 }, cutOff('the entry was looked up')],
  ['a response that is cut off', 'v2', 'lookup', { truncateAfter: 5 }, cutOff('the entry was looked up')],
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

/** A checkpoint of some size. */
let checkpoint: Seed;

beforeAll(async () => {
  const rig = new Rig();
  const archive = rig.archive({ 'gpt-4o.test.resume/logs/test.dev.v0.jsonl': randomBytes(20_000) });
  checkpoint = { key: keyOf(), archive };
  await rig.cleanUp();
});

describe.concurrent('checkpoint restore', () => {
  test.for(restoresThatEnd)('checkpoint restore: fails with %s (%s, %s)', async (row, { rig }) => {
    const [, protocol, at, , cause] = row;
    const service = await rig.service(faulty(row).options, [checkpoint]);
    const temporaryDirectory = rig.scratch();
    const store = rig.store({ env: environmentOf(protocol, service), temporaryDirectory });
    expect(await restore(store)).toEqual({ kind: 'failed', warning: exactly(cause) });
    expect(service.requests.some(({ step }) => step === at)).toBe(true);
    expect(readdirSync(temporaryDirectory), 'nothing partial is left').toEqual([]);
  });

  test.for(restoresThatAreStopped)(
    'checkpoint restore: takes too long with %s (%s, %s)',
    async (row, { rig }) => {
      const [, protocol, , , cause] = row;
      const { options, bound } = faulty(row);
      const service = await rig.service(options, [checkpoint]);
      const temporaryDirectory = rig.scratch();
      const store = rig.store({ env: environmentOf(protocol, service), temporaryDirectory, ...bound });
      expect(await restore(store)).toEqual({ kind: 'failed', warning: cause });
      expect(readdirSync(temporaryDirectory), 'nothing partial is left').toEqual([]);
    },
  );

  test('checkpoint restore: fails when there is no service at its address', async ({ rig }) => {
    const gone = await startCacheService();
    await gone.close();
    for (const env of [gone.env, gone.envV1]) {
      const { warning } = await restore(rig.store({ env: machine(env) }));
      expect(warning).toMatch(/^the cache service cannot be reached \(ECONNREFUSED\)|^connect ECONNREFUSED/);
    }
  });

  test.for<[Protocol, string | RegExp]>([
    [
      'v2',
      'the archive could not be downloaded: HTTP 404 (the entry was evicted or deleted after it was found)',
    ],
    ['v1', DAMAGED],
  ])(
    'checkpoint restore: fails when its entry is evicted after it was found (%s)',
    async ([protocol, cause], { rig }) => {
      const options = {
        azureHost: true,
        faults: ({ step }: { step: string }) => {
          if (step === 'download') service.evict();
          return undefined;
        },
      };
      const service = await rig.service(options, [checkpoint]);
      const store = rig.store({ env: environmentOf(protocol, service) });
      expect(await restore(store)).toEqual({ kind: 'failed', warning: exactly(cause) });
    },
  );

  test.for<[string, Protocol, (archive: Buffer) => Buffer]>([
    ['that is cut short', 'v2', (archive) => archive.subarray(0, archive.length / 2)],
    ['that is cut short', 'v1', (archive) => archive.subarray(0, archive.length / 2)],
    ['with other bytes in it', 'v2', (archive) => Buffer.from(archive).fill(0, 300, 400)],
    [
      'with one other byte',
      'v2',
      (archive) => Buffer.from(archive).fill((archive[1000] ?? 0) ^ 255, 1000, 1001),
    ],
    ['that is none', 'v2', () => Buffer.from('not an archive')],
    ['that is empty', 'v1', () => Buffer.alloc(0)],
  ])('checkpoint restore: fails with an archive %s (%s)', async ([, protocol, change], { rig }) => {
    const damaged = { ...checkpoint, archive: change(checkpoint.archive) };
    const service = await rig.service({ azureHost: true }, [damaged]);
    const { kind, warning } = await restore(rig.store({ env: environmentOf(protocol, service) }));
    expect(kind).toBe('failed');
    expect(warning).toMatch(DAMAGED);
  });

  test.for<Protocol>(['v1', 'v2'])(
    'checkpoint: is saved and restored by a service whose clock is a year off (%s)',
    async (protocol, { rig }) => {
      const service = await rig.service({ azureHost: true, clockAheadMs: 365 * 24 * 3600_000 });
      const store = rig.store({ env: environmentOf(protocol, service) });
      expect(await save(rig, store)).toEqual({ saved: true });
      expect(await restore(store)).toEqual({ kind: 'hit' });
    },
  );
});
