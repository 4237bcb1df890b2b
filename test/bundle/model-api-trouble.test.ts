/** A model API that refuses, limits, breaks off or is slow, and real evals that ask it through the shipped action. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { evalsPython } from '../helpers/evals-venv.ts';
import { completesElsewhere, machineWithSet } from '../helpers/generated-set.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { annotations, logOf } from '../helpers/test-machine.ts';
import { LONG, testRows } from '../helpers/test-rows.ts';
import { apiFaults, type Fault } from '../stand-ins/api-faults.ts';

beforeAll(async () => {
  await evalsPython();
});

const isLookup = ({ method }: { readonly method: string }) => method !== 'POST';

describe.concurrent('refusals that no retry can resolve', () => {
  testRows({ short: 1, long: 1 }, [
    ['insufficient_quota', 'warm', apiFaults.insufficientQuota(), /You exceeded your current quota/],
    ['an invalid key', 'oaieval', apiFaults.invalidKey(), /Incorrect API key provided/],
    ['insufficient_quota', 'oaieval', apiFaults.insufficientQuota(), /You exceeded your current quota/],
    ['an invalid key', 'warm', apiFaults.invalidKey(), /Incorrect API key provided/],
  ] as const)(
    '%s in the middle of a run ends the job with the words of the API, engine %s; responses so far are saved',
    async (row, context) => {
      const [, engine, fault, words] = row;
      const ANSWERED = 6;
      let asked = 0;
      const machine = await machineWithSet(
        context,
        { samples: [4, 8, 8] },
        {
          inputs: { engine, 'max-requests-in-flight': '4', attempts: '3' },
          api: { faults: (request) => (isLookup(request) || ++asked <= ANSWERED ? undefined : fault) },
        },
      );
      const result = await machine.run();
      expect(result.exitCode, logOf(result)).toBe(1);
      expect(annotations(result)).toEqual([
        expect.stringMatching(/^error: .*1 of 3 evals is done; .*\[API_REFUSED\]$/s),
      ]);
      expect(annotations(result)[0]).toMatch(words);
      expect(annotations(result)[0]).toContain('re-run the failed jobs');
      expect(result.outputs).toMatchObject({ complete: 'false', fresh: '1', failed: '0', pending: '2' });
      expect(result.orphans).toEqual([]);
      // One refusal does not speak for a key that was answered before; the second does. Four are in flight meanwhile.
      expect(machine.api.requests.filter((request) => !isLookup(request)).length).toBeLessThanOrEqual(
        ANSWERED + 2 + 4,
      );
      machine.api.setFaults();
      await completesElsewhere(machine, 20, ANSWERED);
    },
  );
});

describe.concurrent('failures that pass', () => {
  testRows(1, ['warm', 'oaieval'] as const)(
    'rate limits, server errors and resets: evals do not see them, and nothing is paid for twice (%s)',
    async (engine, context) => {
      const faults: Fault[] = [
        apiFaults.rateLimited(0.2),
        {
          status: 429,
          body: { error: { message: 'Too many', type: 'requests', code: 'rate_limit_exceeded' } },
        },
        apiFaults.serverError(500),
        apiFaults.serverError(503),
        { destroy: true },
        { destroyAfterBytes: 30 },
      ];
      let asked = 0;
      const machine = await machineWithSet(
        context,
        { samples: [20, 20] },
        {
          inputs: { engine, 'parallel-evals': '2' },
          api: {
            // Every third one; the same question, asked again, is another one.
            faults: (request) => {
              if (isLookup(request) || ++asked % 3 !== 0) return undefined;
              return faults[(asked / 3) % faults.length];
            },
          },
        },
      );
      const result = await machine.run();
      expect(result.exitCode, logOf(result)).toBe(0);
      expect(annotations(result)).toEqual([]);
      expect(result.outputs).toMatchObject({ complete: 'true', fresh: '2', 'requests-sent': '40' });
      const whole = machine.api.requests.filter(
        (request) => request.status === 200 && !request.aborted && !isLookup(request),
      );
      const bodies = whole.map(({ bodySha256 }) => bodySha256);
      expect(new Set(bodies).size).toBe(40);
      // Of the cut ones the stand-in believes that they arrived.
      const cut = Math.ceil(asked / 3 / faults.length);
      expect(bodies.length).toBeLessThanOrEqual(40 + cut);
    },
  );

  test(
    'invalid request: it fails its eval; requests in flight are waited for and recorded',
    LONG,
    async (context) => {
      const machine = await machineWithSet(
        context,
        { samples: [12] },
        {
          inputs: { attempts: '1' },
          api: {
            faults: ({ body }) =>
              JSON.stringify(body).includes(' 0.4 times') ? apiFaults.badRequest('no such thing') : undefined,
          },
        },
      );
      machine.api.holdWhen(
        (request) => !isLookup(request) && !JSON.stringify(request.body).includes(' 0.4 times'),
      );
      const { main, ended } = machine.start();
      await (await main).untilLine(/Waiting for \d+ responses? to requests that were already sent/);
      machine.api.release();
      const result = await ended;
      expect(result.exitCode, logOf(result)).toBe(1);
      expect(result.outputs).toMatchObject({ failed: '1' });
      const sent = machine.api.requests.filter((request) => !isLookup(request)).length;
      expect(sent).toBeGreaterThan(1);
      expect(Number(result.outputs['total-tokens'])).toBeGreaterThan(0);
      machine.api.setFaults();
      await completesElsewhere(machine, 12, sent - 1);
    },
  );

  test('refused parameters: real evals complete, and the log says so once', async (context) => {
    const refused = new Map([
      ['max_tokens', 'max_completion_tokens'],
      ['temperature', undefined],
    ]);
    const machine = await machineWithSet(
      context,
      { samples: [5, 5] },
      {
        api: {
          faults: ({ body }) => {
            for (const [name, instead] of refused)
              if (Object.hasOwn(body as object, name)) {
                const message = instead
                  ? `Unsupported parameter: '${name}' is not supported with this model. Use '${instead}' instead.`
                  : `Unsupported value: '${name}' does not support 0.0 with this model. Only the default (1) value is supported.`;
                const code = instead ? 'unsupported_parameter' : 'unsupported_value';
                return {
                  status: 400,
                  body: { error: { message, type: 'invalid_request_error', param: name, code } },
                };
              }
            return undefined;
          },
        },
      },
    );
    const result = await machine.run();
    expect(result.exitCode, logOf(result)).toBe(0);
    expect(result.lines.filter((line) => line.includes('does not accept'))).toHaveLength(
      machine.api.requests.some(({ body }) => Object.hasOwn(body as object, 'max_completion_tokens')) ? 2 : 1,
    );
    expect(result.outputs).toMatchObject({ complete: 'true', 'requests-sent': '10' });
  });
});

/** Sends its requests and then hangs, when HANG is set. */
const HANGS_AFTERWARDS = `
import os, time
from evals.elsuite.basic.match import Match

class Hangs(Match):
    def run(self, recorder):
        report = super().run(recorder)
        if os.environ.get("HANG"):
            time.sleep(600)
        return report
`;

/** Asks its questions, lets none of their errors out, and reports all the same. */
const SWALLOWS = `
from evals.elsuite.basic.match import Match

class Swallows(Match):
    def eval_sample(self, sample, rng):
        try:
            return super().eval_sample(sample, rng)
        except Exception:
            return None
`;

describe.concurrent("an eval of one's own", () => {
  testRows({ short: 0, long: 1 }, [
    ['stall-timeout', { 'stall-timeout': '10s' }],
    ['eval-timeout', { 'eval-timeout': '15s' }],
  ] as const)(
    'an eval that hangs after its last response, killed by %s twice: no response is lost',
    async (row, context) => {
      const modules = temporaryDirectory(context);
      writeFileSync(join(modules, 'hangs.py'), HANGS_AFTERWARDS);
      const machine = await machineWithSet(
        context,
        { samples: [5], className: 'hangs:Hangs' },
        { env: { PYTHONPATH: modules } },
      );
      const result = await machine.run({ inputs: { ...row[1], attempts: '2' }, env: { HANG: 'yes' } });
      expect(result.exitCode, logOf(result)).toBe(1);
      expect(result.outputs).toMatchObject({ failed: '1', 'requests-sent': '5', 'requests-replayed': '5' });
      const next = await completesElsewhere(machine, 5, 5);
      expect(next.lines).toContainEqual(
        'Resumes: replays 5 recorded responses and sends all other requests of its 5 samples.',
      );
    },
  );

  test(
    'an eval that reports a result without responses that were abandoned has failed',
    LONG,
    async (context) => {
      const modules = temporaryDirectory(context);
      writeFileSync(join(modules, 'swallows.py'), SWALLOWS);
      const machine = await machineWithSet(
        context,
        { samples: [5], className: 'swallows:Swallows' },
        {
          env: { PYTHONPATH: modules },
          inputs: { attempts: '1' },
          // Longer than any patience.
          api: { faults: ({ n }) => (n === 3 ? apiFaults.rateLimited(86_400) : undefined) },
        },
      );
      const result = await machine.run();
      expect(result.exitCode, logOf(result)).toBe(1);
      expect(annotations(result)[0]).toContain(
        '1 of its requests got no response from the API, but it reported a result',
      );
      expect(machine.doneEvals()).toEqual([]);
      machine.api.setFaults();
      await completesElsewhere(machine, 5, 4);
    },
  );
});

function unpacked(archive: Buffer): Buffer {
  return archive.readUInt32LE() === 0xfd2fb528 ? zstdDecompressSync(archive) : gunzipSync(archive);
}

test('API key: it is in no file, output or checkpoint, however the run ends', async (context) => {
  const KEY = 'sk-marker-5f0c1e3a9b';
  const machine = await machineWithSet(context, { samples: [6] }, { env: { OPENAI_API_KEY: KEY } });
  const searched = (text: string | Buffer, what: string) =>
    expect(text.includes(KEY), `${what} holds the key`).toBe(false);
  const searchAll = (said: string[]) => {
    for (const text of said) searched(text, 'an output');
    for (const entry of readdirSync(machine.directory, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) searched(readFileSync(join(entry.parentPath, entry.name)), entry.name);
    for (const { archive } of machine.cache.entries()) searched(unpacked(archive), 'a checkpoint');
  };
  const shownBy = (result: Awaited<ReturnType<typeof machine.run>>) => [
    logOf(result),
    result.summary,
    JSON.stringify([result.outputs, result.annotations, result.post ?? {}]),
  ];
  const cancelled = await machine.runUntil({ answered: 3, held: 3 }, (main) => main.kill('SIGINT'));
  searchAll(shownBy(cancelled));
  expect(machine.api.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
  machine.api.release();
  machine.api.setFaults(() => ({ status: 401, body: { error: { message: `Wrong key: ${KEY}` } } }));
  const refused = await machine.run({ runAttempt: 2 });
  expect(annotations(refused)[0]).toContain('Wrong key: ***');
  machine.api.setFaults();
  const complete = await machine.run({ runAttempt: 3 });
  expect(complete.outputs).toMatchObject({ complete: 'true' });
  searchAll([...shownBy(complete), refused.summary, JSON.stringify(refused.outputs)]);
});
