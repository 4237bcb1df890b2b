/** Saves that a fault of the cache service, or of the way there, makes fail: faults.ts. */
import { writeFileSync } from 'node:fs';
import { describe, expect, vi } from 'vitest';
import { HANG, keyOf, machine, test, twirp } from '../../helpers/cache-rig.ts';
import { type CacheFault, startCacheService } from '../../stand-ins/cache-service.ts';
import {
  badGateway,
  busy,
  cutOff,
  EXPIRED,
  environmentOf,
  exactly,
  faulty,
  late,
  limited,
  limitedFor40s,
  OUTSIDERS,
  oops,
  type Protocol,
  RATE,
  type Row,
  restore,
  save,
} from './faults.ts';

vi.setConfig({ maxConcurrency: 6 });

const cut: CacheFault = { cutRequestAfter: 1000 };
const proxyPage: CacheFault = { status: 502, body: '<html>bad gateway</html>' };
const UNSEEN = 'the entry was uploaded, but looking it up failed:';

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
    'the cache service responded with HTTP 404 (Not Found: gone)',
  ],
  [
    'a key that is taken',
    'v2',
    'create',
    twirp(409, 'x'),
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
    'the cache storage quota is used up, so the service accepts no new entries',
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
    'a refused last step without a reason',
    'v2',
    'finalize',
    { status: 200, body: '{"ok":false}' },
    'the cache service refused the uploaded entry',
  ],
  [
    'a refused last step',
    'v2',
    'finalize',
    twirp(404, 'x'),
    'the cache service responded with HTTP 404 (Not Found: x)',
  ],
  [
    'a refused last step',
    'v1',
    'finalize',
    twirp(401, 'x'),
    `the cache service denied the save (HTTP 401, ${OUTSIDERS})`,
  ],
  [
    'no connection for the last step',
    'v2',
    'finalize',
    { destroy: true },
    'the cache service cannot be reached (ECONNRESET)',
  ],
  [
    'a reservation that is refused without a reason',
    'v2',
    'create',
    { status: 200, body: '{"ok":false}' },
    'the cache service refused to reserve the entry',
  ],
  [
    'an entry that is refused with a reason',
    'v2',
    'finalize',
    { status: 200, body: '{"ok":false,"message":"too many entries"}' },
    'the cache service refused the uploaded entry: too many entries',
  ],
  // The client retries these until it gives up.
  ['a service that stays busy', 'v2', 'create', busy, 'the cache service failed with HTTP 503 in 5 attempts'],
  ['a service that stays away', 'v1', 'create', badGateway, 'the cache service failed with HTTP 502'],
  [
    'a rate limit that a proxy reports with a page of its own',
    'v2',
    'create',
    { status: 429, body: '<html>slow down</html>' },
    RATE,
  ],
  [
    'a storage that stays busy',
    'v2',
    'upload',
    {
      status: 503,
      headers: { 'content-type': 'application/xml' },
      body: '<?xml version="1.0"?><Error><Code>ServerBusy</Code><Message>Ingress is over the limit.</Message></Error>',
    },
    'the archive could not be uploaded: HTTP 503, Ingress is over the limit.',
  ],
  [
    'an upload whose connection breaks',
    'v2',
    'upload',
    { destroy: true },
    'the connection to the cache service broke off (socket hang up)',
  ],
  // The v1 client has an id by then, which alone proves nothing.
  ['a storage that stays busy', 'v1', 'upload', busy, 'the cache service failed with HTTP 503'],
  // The client would wait for the rest indefinitely.
  ['a response that is cut off', 'v1', 'create', { truncateAfter: 5 }, cutOff('the entry was reserved')],
  ['a response that is cut off', 'v2', 'create', { truncateAfter: 5 }, cutOff('the entry was reserved')],
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
    late('the entry was reserved', 'HTTP 502, with a response that is not from the cache service'),
  ],
  ['a slow reservation', 'v2', 'create', HANG, late('the entry was reserved')],
  ['a slow reservation', 'v1', 'create', HANG, late('the entry was reserved')],
  ['a slow upload', 'v2', 'upload', HANG, late('the archive was uploaded')],
  ['a slow upload', 'v1', 'upload', HANG, late('the archive was uploaded')],
  ['an upload that is cut', 'v2', 'upload', cut, late('the archive was uploaded', 'socket hang up')],
  ['a storage that is busy', 'v2', 'upload', busy, late('the archive was uploaded', 'HTTP 503')],
  ['a slow last step', 'v2', 'finalize', HANG, late('the upload was completed')],
  ['a slow last step', 'v1', 'finalize', HANG, late('the upload was completed')],
];

/** What was uploaded is complete: the save does not count, and yet the next run finds it. */
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
  ['a response that is cut off', 'v2', 'finalize', { truncateAfter: 5 }, cutOff('the upload was completed')],
  ['a response that is cut off', 'v1', 'lookup', { truncateAfter: 5 }, cutOff('the new entry was looked up')],
  ['a response that is cut off', 'v2', 'lookup', { truncateAfter: 5 }, cutOff('the new entry was looked up')],
  [
    'the key of another entry',
    'v2',
    'lookup',
    { status: 200, body: '{"ok":true,"matched_key":"another","signed_download_url":"http://127.0.0.1/"}' },
    'the entry was uploaded, but the cache service does not find it',
  ],
];

describe.concurrent('checkpoint save', () => {
  test.for(savesThatEnd)('checkpoint save: fails with %s (%s, %s)', async (row, { rig }) => {
    const [, protocol, at, , cause] = row;
    const { options, heal } = faulty(row);
    const service = await rig.service(options);
    const env = environmentOf(protocol, service);
    expect(await save(rig, rig.store({ env }))).toEqual({ saved: false, warning: exactly(cause) });
    expect(service.requests.some(({ step }) => step === at)).toBe(true);
    expect(service.entries().map(({ key }) => key)).toEqual([]);
    heal();
    // What was reserved or uploaded, and not completed, does not exist for the next run.
    if (at === 'finalize') expect(await restore(rig.store({ env }))).toEqual({ kind: 'miss' });
  });

  test.for(savesThatAreStopped)('checkpoint save: takes too long with %s (%s, %s)', async (row, { rig }) => {
    const [, protocol, , , cause] = row;
    const { options, bound } = faulty(row);
    const service = await rig.service(options);
    const store = rig.store({ env: environmentOf(protocol, service), ...bound });
    expect(await save(rig, store)).toEqual({ saved: false, warning: cause });
    expect(service.entries().map(({ key }) => key)).toEqual([]);
  });

  test.for(savesThatAreNotSeen)(
    'checkpoint save: does not count, although its entry is complete, with %s (%s, %s)',
    async (row, { rig }) => {
      const [, protocol, , , cause] = row;
      const { options, bound, heal } = faulty(row);
      const service = await rig.service(options);
      const env = environmentOf(protocol, service);
      expect(await save(rig, rig.store({ env, ...bound }))).toEqual({ saved: false, warning: cause });
      expect(service.entries()).toHaveLength(1);
      heal();
      if (row[3] === HANG) expect(await restore(rig.store({ env }))).toEqual({ kind: 'hit' });
    },
  );

  test('checkpoint save: fails when there is no service at its address', async ({ rig }) => {
    const gone = await startCacheService();
    await gone.close();
    for (const env of [gone.env, gone.envV1]) {
      const { warning } = await save(rig, rig.store({ env: machine(env) }));
      expect(warning).toBe('the cache service cannot be reached (ECONNREFUSED)');
    }
  });

  test.for<Protocol>(['v1', 'v2'])(
    'checkpoint save: does not count when its entry is evicted before it is looked up (%s)',
    async (protocol, { rig }) => {
      const service = await rig.service({
        faults: ({ step }) => {
          if (step === 'lookup') service.evict();
          return undefined;
        },
      });
      const { warning } = await save(rig, rig.store({ env: environmentOf(protocol, service) }));
      expect(warning).toBe('the entry was uploaded, but the cache service does not find it');
    },
  );

  test.for<Protocol>(['v1', 'v2'])(
    'checkpoint save: takes the next key when one is taken (%s)',
    async (protocol, { rig }) => {
      const taken = twirp(409, 'Cache already exists. Scope: refs/heads/main');
      const service = await rig.service({
        faults: ({ step, nth }) => (step === 'create' && nth === 0 ? taken : undefined),
      });
      expect(await save(rig, rig.store({ env: environmentOf(protocol, service) }))).toEqual({ saved: true });
      expect(service.entries().map(({ key }) => key)).toEqual([keyOf({ seq: 2 })]);
    },
  );

  test.for<Protocol>(['v1', 'v2'])(
    'checkpoint save: tries no other key when the service calls one taken and cannot look it up (%s)',
    async (protocol, { rig }) => {
      const service = await rig.service({ faults: () => twirp(409, 'Cache already exists') });
      const store = rig.store({ env: environmentOf(protocol, service) });
      expect((await save(rig, store)).warning).toBeDefined();
      expect(store.nextSeq).toBe(2);
    },
  );

  test('checkpoint save: a copy of the state that cannot be made is a warning', async ({ rig }) => {
    const { env } = await rig.service();
    const { warning } = await save(rig, rig.store({ env: machine(env) }), (paths) =>
      writeFileSync(paths.live, ''),
    );
    expect(warning).toMatch(/^the state could not be copied \(EEXIST/);
  });
});

function escaped(text: string): string {
  return text.replace(/[()]/g, '\\$&');
}
