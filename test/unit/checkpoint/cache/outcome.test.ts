import { describe, expect, test } from 'vitest';
import { redacted } from '../../../../src/checkpoint/cache/client-output.ts';
import { restoreOutcome, saveOutcome } from '../../../../src/checkpoint/cache/outcome.ts';
import type { WorkerResult } from '../../../../src/checkpoint/cache/protocol.ts';
import { isPrintable } from '../../../../src/text.ts';

/** Lines as @actions/cache 6.3 prints them. The fault tables of the integration tests make it print them. */
const responded = (result: WorkerResult, ...lines: string[]) => ({
  run: {
    ended: 'responded',
    result,
    stdout: `${lines.join('\n')}\n`,
    stderr: '',
    exit: 'exit code 0',
  } as const,
  timeoutMs: 1000,
  secrets: ['s3cret'],
});
const notSaved = (...lines: string[]) =>
  saveOutcome(responded({ available: true, operation: 'save', id: -1 }, ...lines), 'key-1');
const notRestored = (...lines: string[]) =>
  restoreOutcome(responded({ available: true, operation: 'restore' }, ...lines));

describe('outcome of a save', () => {
  test('outcome of a save: saved, with an id and a look-up that finds the key', () => {
    const result = { available: true, operation: 'save', id: 4, found: 'key-1' } as const;
    const lines = ['Sent 0 of 261 (0.0%), 0.0 MBs/sec', 'Sent 261 of 261 (100.0%), 0.0 MBs/sec'];
    expect(saveOutcome(responded(result, ...lines), 'key-1')).toEqual({
      kind: 'saved',
      key: 'key-1',
    });
  });

  test('outcome of a save: failed, when the look-up finds another key', () => {
    const result = { available: true, operation: 'save', id: 4, found: 'key-10' } as const;
    expect(saveOutcome(responded(result), 'key-1')).toEqual({
      kind: 'failed',
      cause: 'the entry was uploaded, but the cache service does not find it',
    });
  });

  test('outcome of a save: failed, when the v1 client returns an id although the upload failed', () => {
    const result = { available: true, operation: 'save', id: 4, found: 'key-1' } as const;
    const failure = '::warning::Failed to save: Cache service responded with 502 during upload chunk.';
    expect(saveOutcome(responded(result, failure), 'key-1')).toEqual({
      kind: 'failed',
      cause: 'the cache service failed with HTTP 502',
    });
  });

  test.each([
    [
      'the cache service limits the rate of requests (HTTP 429), for another 40 s',
      "::warning::You've hit a rate limit, your rate limit will reset in 40 seconds",
      '::debug::Failed to reserve cache: Error: Failed to CreateCacheEntry: Rate limited: Failed request: (429) Too Many Requests',
      'Failed to save: Unable to reserve cache with key key-1, another job may be creating this cache.',
    ],
    [
      'the cache service refused to reserve the entry: slow down',
      'Failed to save: Unable to reserve cache with key key-1, another job may be creating this cache. More details: slow down',
    ],
    [
      'the cache service has an entry with this key already',
      'Failed to save: Unable to reserve cache with key key-1, another job may be creating this cache. More details: Cache already exists. Scope: refs/heads/main',
    ],
    [
      'the archive could not be made (tar: tmp/oaievalset/x: file changed as we read it)',
      '[command]/usr/bin/tar --posix -cf cache.tzst',
      'tar: tmp/oaievalset/x: file changed as we read it',
      "::warning::Failed to save: /usr/bin/tar failed with error: The process '/usr/bin/tar' failed with exit code 1",
    ],
    ['the cache service refused the uploaded entry: too large', '::warning::too large'],
    [
      'the cache service refused the uploaded entry',
      '::warning::Failed to save: Unable to finalize cache with key key-1, another job may be finalizing this cache.',
    ],
    [
      'the cache storage quota is used up, so the service accepts no new entries',
      '::warning::Failed to save: Cache storage quota has been hit. Unable to upload any new cache entries.',
    ],
    [
      'the archive could not be uploaded',
      '::warning::uploadCacheArchiveSDK: internal error uploading cache archive: ',
      '::warning::Failed to save: ',
    ],
    ['the first line', '::warning::Failed to save: the first line%0Aand another'],
    ['the cache client gave no reason why the save failed', '::warning::Failed to save: '],
    ['the cache client failed without giving a reason', '::debug::nothing of interest'],
  ])('outcome of a save: %s', (cause, ...lines) => {
    expect(notSaved(...lines)).toMatchObject({ kind: 'failed', cause });
  });
});

describe('outcome of a restore', () => {
  test('outcome of a restore: a miss, without a key and a failure of the client', () => {
    expect(notRestored('::debug::Cache not found for version 1 of keys: a, b')).toEqual({ kind: 'miss' });
  });

  test.each([
    ['the connection to the cache service broke off (aborted)', 'Failed to restore: aborted'],
    ['the connection to the cache service broke off (terminated)', 'Failed to restore: terminated'],
    ['the connection to the cache service broke off (Premature close)', 'Failed to restore: Premature close'],
    [
      'the connection to the cache service broke off (Incomplete download. Expected file size: 261, actual file size: 50)',
      'Failed to restore: Incomplete download. Expected file size: 261, actual file size: 50',
    ],
    ['the archive could not be downloaded: odd', 'Cache hit for: key-1', '::warning::Failed to restore: odd'],
    ['the cache client gave no reason why the restore failed', '::warning::Failed to restore: '],
  ])('outcome of a restore: %s', (cause, ...lines) => {
    expect(notRestored(...lines)).toMatchObject({ kind: 'failed', cause });
  });

  test.each([
    ['found by its key', 'Cache hit for: key-1'],
    ['found by a restore key', 'Cache hit for restore-key: key-1'],
    ['found by the v1 client', '::debug::{"cacheKey":"key-1","archiveLocation":"http://x/"}'],
  ])('outcome of a restore: names the entry that was %s and could not be downloaded', (_what, line) => {
    expect(notRestored(line, '::warning::Failed to restore: odd')).toMatchObject({
      kind: 'failed',
      entry: 'key-1',
    });
  });

  test('outcome of a restore: names no entry when the look-up failed', () => {
    expect(notRestored('::warning::Failed to restore: odd')).toEqual({ kind: 'failed', cause: 'odd' });
  });

  test.each([
    [
      'a tar without long options',
      "the archive could not be unpacked: this machine's tools cannot do it (tar: unrecognized option: use-compress-program)",
      'tar: unrecognized option: use-compress-program',
      'BusyBox v1.37.0 (2025-01-17 18:12:01 UTC) multi-call binary.',
    ],
    [
      'a zstd that is not there',
      "the archive could not be unpacked: this machine's tools cannot do it (tar (child): unzstd: Cannot exec: No such file or directory)",
      '/usr/bin/tar (child): unzstd: Cannot exec: No such file or directory',
      '/usr/bin/tar: Child returned status 2',
    ],
    [
      'a shell that does not find zstd',
      "the archive could not be unpacked: this machine's tools cannot do it (sh: 1: unzstd: not found)",
      '/bin/sh: 1: unzstd: not found',
      '/usr/bin/tar: Child returned status 127',
    ],
    [
      'a full disk',
      'the archive could not be unpacked (tar: tmp/oaievalset/x: Cannot write: No space left on device)',
      '/usr/bin/tar: tmp/oaievalset/x: Cannot write: No space left on device',
      '/usr/bin/tar: Exiting with failure status due to previous errors',
    ],
    [
      'a damaged archive',
      'the archive is damaged or incomplete and could not be unpacked (tar: Unexpected EOF in archive)',
      '/usr/bin/tar: Unexpected EOF in archive',
      '/usr/bin/tar: Error is not recoverable: exiting now',
    ],
  ])('outcome of a restore: distinguishes the archive from the machine: %s', (_what, cause, ...lines) => {
    const failure =
      '::warning::Failed to restore: "/usr/bin/tar" failed with error: The process \'/usr/bin/tar\' failed with exit code 1';
    expect(notRestored('Cache hit for: key-1', ...lines, failure)).toMatchObject({ kind: 'failed', cause });
  });

  test('outcome of a restore: names the status of a response that is not JSON', () => {
    expect(
      notRestored(
        '::debug::[Response] - 502',
        `::warning::Failed to restore: Failed to GetCacheEntryDownloadURL: Failed to make request after 5 attempts: Unexpected token '<', "<html>%0A<h"... is not valid JSON`,
      ),
    ).toEqual({ kind: 'failed', cause: 'the cache service failed with HTTP 502 in 5 attempts' });
  });

  test('outcome of a restore: a file in the archive that is named like a failure is none', () => {
    const result = { available: true, operation: 'restore', key: 'key-1' } as const;
    expect(restoreOutcome(responded(result, 'tmp/oaievalset/Failed to restore: x'))).toEqual({
      kind: 'hit',
      key: 'key-1',
    });
  });

  test('outcome of a restore: names how the worker died', () => {
    const run = { ended: 'died', stdout: '', stderr: 'a\nSyntaxError: odd\n', exit: 'exit code 1' } as const;
    expect(restoreOutcome({ run, timeoutMs: 1000, secrets: [] })).toEqual({
      kind: 'failed',
      cause: 'the cache worker ended without a result (exit code 1; SyntaxError: odd)',
    });
  });

  test('outcome of a restore: names the last attempt when the time was up', () => {
    const stdout =
      'Attempt 1 of 5 failed with error: Failed request: (503) Busy. Retrying request in 3000 ms...\n';
    const run = { ended: 'timed-out', stdout, stderr: '', exit: 'SIGKILL' } as const;
    expect(restoreOutcome({ run, timeoutMs: 1500, secrets: [] })).toEqual({
      kind: 'failed',
      cause: 'it took longer than 1.5 s (last attempt: Failed request: (503) Busy)',
    });
  });
});

describe('outcome of a worker', () => {
  test('outcome of a worker: unavailable, when it finds no service', () => {
    const none = { kind: 'unavailable', cause: 'this job has no Actions cache service' };
    expect(restoreOutcome(responded({ available: false }))).toEqual(none);
    expect(saveOutcome(responded({ available: false }), 'key-1')).toEqual(none);
  });

  test('outcome of a worker: names what the client threw', () => {
    const result = {
      available: true,
      operation: 'error',
      message: 'Key Validation Error: s3cret\nis odd',
    } as const;
    const failed = { kind: 'failed', cause: 'Key Validation Error: ***' };
    expect(restoreOutcome(responded(result))).toEqual(failed);
    expect(saveOutcome(responded(result), 'key-1')).toEqual(failed);
  });

  test.each([
    ['of a failure', 'Failed to restore: token s3cret is odd', 'failed', 'token *** is odd'],
    [
      'of a mode',
      "Cache restore skipped: the effective cache-mode '\u001b[2Jx\u202ey' does not permit restores.",
      'unavailable',
      "the workflow's cache-mode (ACTIONS_CACHE_MODE) is 'x\\u202ey', which allows no restore",
    ],
  ])('outcome of a worker: the cause %s is redacted', (_what, line, kind, cause) => {
    expect(notRestored(line)).toEqual({ kind, cause });
  });

  test('outcome of a worker: one that was killed or died repeats no secrets', () => {
    const stdout = 'Attempt 1 of 5 failed with error: s3cret\n';
    const stderr = 'Error: s3cret\n';
    const run = { stdout, stderr, exit: 'exit code 1' };
    const causeOf = (ended: 'died' | 'timed-out') =>
      restoreOutcome({ run: { ...run, ended }, timeoutMs: 1000, secrets: ['s3cret'] });
    expect(causeOf('timed-out')).toMatchObject({ cause: 'it took longer than 1 s (last attempt: ***)' });
    expect(causeOf('died')).toMatchObject({
      cause: 'the cache worker ended without a result (exit code 1; Error: ***)',
    });
  });

  test('outcome of a worker: lines of the storage client are not the reason why it died', () => {
    const stderr =
      'azure:core-rest-pipeline:info RetryPolicy: Caught error\n  "x-ms-error-code": "x"\nError: odd\n';
    const run = { ended: 'died', stdout: '', stderr, exit: 'exit code 1' } as const;
    expect(restoreOutcome({ run, timeoutMs: 1000, secrets: [] })).toMatchObject({
      cause: 'the cache worker ended without a result (exit code 1; Error: odd)',
    });
  });
});

describe('stage of an operation', () => {
  test.each([
    ['restore', 'the entry was looked up', '::debug::Resolved Keys:'],
    ['restore', 'the archive was downloaded', '::debug::Archive Path: /tmp/x/cache.tzst'],
    ['restore', 'the archive was downloaded', '::debug::Starting download of archive to: /tmp/x/cache.tzst'],
    ['restore', 'the archive was unpacked', 'Cache Size: ~0 MB (261 B)'],
    ['save', 'the archive was made', '::debug::Cache Paths:'],
    ['save', 'the entry was reserved', '::debug::Reserving Cache'],
    ['save', 'the archive was uploaded', '::debug::Attempting to upload cache located at: /tmp/x/cache.tzst'],
    ['save', 'the archive was uploaded', '::debug::Saving Cache (ID: 3)'],
    ['save', 'the upload was completed', '::debug::[Request] FinalizeCacheEntryUpload http://127.0.0.1/'],
    ['save', 'the upload was completed', '::debug::Commiting cache'],
    ['save', 'the new entry was looked up', '::debug::Resolved Keys:'],
  ] as const)('stage of a %s: %s', (operation, stage, line) => {
    const run = {
      ended: 'timed-out',
      stdout: `first\n${line}\nlast\n`,
      stderr: '',
      exit: 'SIGKILL',
    } as const;
    const response = { run, timeoutMs: 1000, secrets: [] };
    expect(operation === 'restore' ? restoreOutcome(response) : saveOutcome(response, 'key-1')).toEqual({
      kind: 'failed',
      cause: `it took longer than 1 s (while ${stage})`,
    });
  });
});

describe('redacted', () => {
  test.each([
    ['the given secrets', 'bearer s3cret was refused', 'bearer *** was refused'],
    ['tokens', 'token eyJhbGciOiJI.eyJzdWIi.c2ln was refused', 'token *** was refused'],
    [
      'signatures',
      'GET https://a.blob.example/c/1?sig=abc%3D&se=1 failed',
      'GET https://a.blob.example/… failed',
    ],
    ['credentials of a proxy', 'via http://me:pw@proxy:8080/', 'via http://proxy:8080/…'],
    ['line ends and colours', 'a\r\n::error::b\u001b[31m', 'a ::error::b'],
    ['control characters of C1, which act on a terminal as ESC does', 'a\u009b31mb\u0085c', 'ab\\u0085c'],
    ['characters that turn the direction of writing', 'a\u202etxt.exe', 'a\\u202etxt.exe'],
    ['line separators', 'a\u2028b\u2029c', 'a b c'],
    ['half a character', 'a\ud83d', 'a\\ud83d'],
    ['a secret that an escape sequence divides', 's3c\u001b[0mret', '***'],
    ['a token that an escape sequence divides', 'e\u001b[0myJhbGciOiJI.eyJzdWIi.c2ln', '***'],
  ])('redacted: a cause is shown without %s', (_what, text, expected) => {
    expect(redacted(text, ['s3cret'])).toBe(expected);
  });

  test('redacted: a cause without a secret stays as it was', () => {
    expect(redacted('as it was', [''])).toBe('as it was');
  });

  test('redacted: a cause is bounded, and ends with a whole character', () => {
    const shown = redacted('😀'.repeat(5000), []);
    expect(Buffer.byteLength(shown)).toBeLessThanOrEqual(300);
    expect(isPrintable(shown)).toBe(true);
  });
});
