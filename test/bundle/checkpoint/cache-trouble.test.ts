/** A cache service that fails costs a warning, and no eval. */
import { describe, expect, test } from 'vitest';
import { counts, forgetEvals, SMALL, useCompletedSet } from '../../helpers/completed-set.ts';
import { annotations, logOf } from '../../helpers/test-machine.ts';
import { LONG, testRows } from '../../helpers/test-rows.ts';
import type { CacheFault, CacheRequest } from '../../stand-ins/cache-service.ts';

const completedMachine = useCompletedSet();

interface SaveFault {
  readonly name: string;
  readonly faults: (request: CacheRequest) => CacheFault | undefined;
  readonly says: RegExp;
}

const atStep =
  (step: CacheRequest['step'], fault: CacheFault): SaveFault['faults'] =>
  (request) =>
    request.step === step ? fault : undefined;

const saveFaults: SaveFault[] = [
  {
    name: '409: the key exists already',
    faults: atStep('create', { status: 409, body: '{"code":"already_exists","msg":"exists already"}' }),
    says: /an entry with this key already/,
  },
  {
    name: '429: too many requests',
    faults: atStep('create', { status: 429, headers: { 'retry-after': '40' }, body: '{"msg":"slow down"}' }),
    says: /limits the rate of requests \(HTTP 429\)/,
  },
  {
    name: '503: the service is down',
    faults: atStep('create', { status: 503, body: '{"msg":"busy"}' }),
    says: /failed with HTTP 503/,
  },
  {
    name: '403: the token may not write',
    faults: atStep('create', { status: 403, body: '{"msg":"forbidden"}' }),
    says: /denied the save \(HTTP 403/,
  },
  {
    name: 'the storage refuses the upload',
    faults: atStep('upload', {
      status: 403,
      body: '<?xml version="1.0"?><Error><Code>AuthorizationFailure</Code></Error>',
    }),
    says: /could not be uploaded|denied the save/,
  },
  {
    name: 'the service refuses the finished entry',
    faults: atStep('finalize', { status: 200, body: '{"ok":false,"message":"too many entries"}' }),
    says: /refused the uploaded entry: too many entries/,
  },
];

describe.concurrent('cache trouble', () => {
  testRows({ short: 1, long: 1 }, saveFaults)(
    'cache save fails with $name: the evals succeed, and one warning names the cause',
    async ({ faults, says }, context) => {
      const machine = await completedMachine(context, { cache: { faults } });
      forgetEvals(machine, SMALL[1]);
      const result = await machine.run();
      expect(result.exitCode, logOf(result)).toBe(0);
      expect(result.outputs).toMatchObject(counts(1, 1, { 'saved-key': '' }));
      expect(annotations(result)).toEqual([
        expect.stringMatching(/^warning: The checkpoint was not saved: /),
      ]);
      expect(annotations(result)).toEqual([expect.stringMatching(says)]);
      expect(machine.cache.entries()).toEqual([]);
    },
  );

  test(
    'cache restore fails: a warning, and the run uses the state that the machine has',
    LONG,
    async (context) => {
      const machine = await completedMachine(context, {
        cache: { faults: atStep('lookup', { status: 403, body: '{"msg":"no"}' }) },
      });
      forgetEvals(machine, SMALL[1]);
      const result = await machine.run();
      expect(result.exitCode, logOf(result)).toBe(0);
      expect(result.outputs).toMatchObject(counts(1, 1, { 'restored-key': '' }));
      expect(annotations(result)).toContainEqual(
        expect.stringMatching(/^warning: No checkpoint was restored: .*HTTP 403/),
      );
      expect(annotations(result).filter((line) => line.startsWith('error'))).toEqual([]);
    },
  );

  test('no cache service: the log says so once, and the state directory is used', async (context) => {
    const machine = await completedMachine(context);
    forgetEvals(machine, SMALL[1]);
    for (const [fresh, reused] of [
      [1, 1],
      [0, 2],
    ] as const) {
      const result = await machine.run({ cache: false });
      expect(result.exitCode, logOf(result)).toBe(0);
      expect(result.outputs).toMatchObject(counts(fresh, reused, { 'restored-key': '', 'saved-key': '' }));
      expect(annotations(result)).toEqual([]);
      expect(result.lines.filter((line) => !line.startsWith('│') && /checkpoint|cache/i.test(line))).toEqual([
        expect.stringContaining('this job has no Actions cache service'),
      ]);
    }
    expect(machine.cache.requests).toEqual([]);
  });
});
