/** Keys that no client can send, and evals that never get as far as a request: nothing hangs, and the cause is named. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { machineWithSet } from '../helpers/generated-set.ts';
import { type Cleanup, temporaryDirectory } from '../helpers/temporary-directory.ts';
import { annotations, logOf, type TestMachine } from '../helpers/test-machine.ts';
import { testRows } from '../helpers/test-rows.ts';

const KEY = 'sk-field-0123456789abcdef';

describe.concurrent('a key with something at its ends', () => {
  testRows({ short: 0, long: 2 }, [
    ['a line break in the engine oaieval', `${KEY}\n`, 'oaieval'],
    ['a byte order mark and blanks', `\ufeff ${KEY} \r\n`, 'warm'],
    ['a line break in the warm engine', `${KEY}\n`, 'warm'],
  ] as const)('%s is trimmed, and the evals run', async ([, value, engine], context) => {
    const machine = await machineWithSet(context, { samples: [2] });
    const result = await machine.run({ env: { OPENAI_API_KEY: value }, inputs: { engine } });
    expect(result.exitCode, logOf(result)).toBe(0);
    expect(result.outputs).toMatchObject({ complete: 'true', fresh: '1', 'requests-sent': '2' });
    expect(result.lines).toContainEqual(expect.stringMatching(/^OPENAI_API_KEY .*ends with .*removed/));
    expect(machine.api.requests.map(({ headers }) => headers.authorization)).toEqual(
      Array.from({ length: 2 }, () => `Bearer ${KEY}`),
    );
    const shown = result.lines.filter((line) => line.includes(KEY));
    expect(shown).toEqual([`::add-mask::${KEY}`]);
  });
});

/** Prints what clients print that get no answer, and asks nothing. */
const RETRIES = `
import random, time
import evals.elsuite.basic.match
class Retries(evals.elsuite.basic.match.Match):
    def eval_sample(self, sample, rng):
        while True:
            print(f"INFO:backoff:Backing off create_retrying(...) for {random.random():.1f}s "
                  "(openai.APIConnectionError: Connection error.)", flush=True)
            time.sleep(0.2)
`;

/** A client of its own, which looks for a server that is not there, and prints the traceback each time. */
const OWN_CLIENT = `
import time, traceback, urllib.request
import evals.elsuite.basic.match
class OwnClient(evals.elsuite.basic.match.Match):
    def eval_sample(self, sample, rng):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        for attempt in range(1_000_000):
            try:
                return opener.open("http://127.0.0.1:9/v1/chat", timeout=5)
            except Exception:
                print(f"no luck, number {attempt} of many: error")
                traceback.print_exc()
                time.sleep(0.2)
`;

/** Works for longer than a stall may take, without a request, and shows how far it is. */
const WORKS = `
import time
from tqdm import tqdm
import evals.elsuite.basic.match
class Works(evals.elsuite.basic.match.Match):
    def eval_sample(self, sample, rng):
        for _ in tqdm(range(26), desc="own model"):
            time.sleep(0.5)
        return super().eval_sample(sample, rng)
`;

async function machineWith(context: Cleanup, program: string, className: string): Promise<TestMachine> {
  const modules = temporaryDirectory(context);
  writeFileSync(join(modules, 'own.py'), program);
  return machineWithSet(
    context,
    { samples: [1], className: `own:${className}` },
    {
      env: { PYTHONPATH: modules },
      inputs: { attempts: '1', 'stall-timeout': '8s' },
    },
  );
}

describe.concurrent('an eval that sends nothing', () => {
  testRows(1, [
    ['prints only retries', RETRIES, 'Retries', /Backing off create_retrying.*Connection error/],
    ['prints only the errors of a client of its own', OWN_CLIENT, 'OwnClient', /Connection refused/],
  ] as const)(
    'and %s is stalled; the annotation names the likely cause',
    async ([, program, className, cause], context) => {
      const machine = await machineWith(context, program, className);
      const result = await machine.run();
      expect(result.exitCode, logOf(result)).toBe(1);
      const [annotation = ''] = annotations(result);
      expect(annotation).toMatch(
        /It did nothing for the stall-timeout of 8\.0 s; it sent no request, and the likely cause is the last problem it printed: /,
      );
      expect(annotation.split('\n')[0]).toMatch(cause);
      expect(machine.api.requests).toEqual([]);
      expect(result.orphans).toEqual([]);
    },
  );

  testRows({ short: 0, long: 1 }, ['warm', 'oaieval'])(
    'but shows a progress bar that advances is not stalled (%s)',
    async (engine, context) => {
      const machine = await machineWith(context, WORKS, 'Works');
      const result = await machine.run({ inputs: { engine } });
      expect(result.exitCode, logOf(result)).toBe(0);
      expect(result.outputs).toMatchObject({ complete: 'true', fresh: '1' });
    },
  );
});
