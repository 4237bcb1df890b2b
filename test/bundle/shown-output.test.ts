/** What evals print, as the log, the annotations, the summary and the state show it: no secrets, nothing that acts, no floods. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isPrintable } from '../../src/text.ts';
import { machineWithSet } from '../helpers/generated-set.ts';
import type { RunResult } from '../helpers/runner.ts';
import { type Cleanup, temporaryDirectory } from '../helpers/temporary-directory.ts';
import { logOf, type TestMachine } from '../helpers/test-machine.ts';
import { LONG, testRows } from '../helpers/test-rows.ts';

const PRINTS = `
import json, os, sys, time
import evals.elsuite.basic.match
class Prints(evals.elsuite.basic.match.Match):
    def eval_sample(self, sample, rng):
        base = os.environ["OPENAI_BASE_URL"]
        token = base.split("/")[3]
        print("in full", base, flush=True)
        print("in JSON", json.dumps(json.dumps({"url": base})))
        print("in colours http://127.0.0.1/\\x1b[1;36m" + token[:20] + "\\x1b[0m" + token[20:], flush=True)
        print("over two lines " + base[:-30], flush=True)
        print(base[-30:] + " the rest", flush=True)
        for part in ("in pieces " + token[:17], token[17:33], token[33:]):
            sys.stderr.write(part)
            sys.stderr.flush()
            time.sleep(0.05)
        sys.stderr.write("\\n")
        print("cut " + "x" * 70_000 + token + "y" * (65_536 - 24), flush=True)
        print("turned \\u202e round \\u2066 here \\u200b and \\u2028 there", flush=True)
        print("of the runner:", [n for n in os.environ if n.startswith(("ACTIONS_", "INPUT_", "STATE_"))], flush=True)
        print("of the user:", os.environ["GITHUB_TOKEN"], os.environ["OPENAI_API_KEY"], flush=True)
        result = super().eval_sample(sample, rng)
        if os.environ.get("RAISE"):
            raise RuntimeError(f"Client error '404 Not Found' for url '{base}/models/none'")
        return result
`;

const GITHUB_TOKEN = 'ghs_0123456789abcdefghijklmnopqrstuvwxyz';
const OPENAI_API_KEY = 'sk-proj-abcdefghijklmnopqrstuvwxyz';

async function machineThatPrints(context: Cleanup): Promise<TestMachine> {
  const modules = temporaryDirectory(context);
  writeFileSync(join(modules, 'own.py'), PRINTS);
  return machineWithSet(
    context,
    { samples: [1], className: 'own:Prints' },
    {
      env: { PYTHONPATH: modules, GITHUB_TOKEN, OPENAI_API_KEY },
      inputs: { attempts: '1', 'encryption-key': 'a secret of the action alone' },
    },
  );
}

function tokensOf(result: RunResult): string[] {
  return result.commands
    .filter(({ name, data }) => name === 'add-mask' && /^[0-9a-f]{48}$/.test(data))
    .map(({ data }) => data);
}

/** Everything that a run leaves behind, without the commands by which the runner learns what to mask. */
function leftBehind(machine: TestMachine, result: RunResult): Map<string, string> {
  const files = readdirSync(machine.stateDirectory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(machine.stateDirectory, name))
    .filter((path) => statSync(path).isFile());
  const lines = [...result.lines, ...(result.post?.lines ?? [])];
  return new Map([
    ['log', lines.filter((line) => !line.startsWith('::add-mask::')).join('\n')],
    ['summary', result.summary],
    ['outputs', JSON.stringify(result.outputs)],
    ...files.map((path) => [path, readFileSync(path, 'utf8')] as const),
  ]);
}

describe.concurrent('the address of the gateway', () => {
  testRows({ short: 1, long: 1 }, [
    ['warm', 'fails', { RAISE: 'yes' }, 1],
    ['oaieval', 'completes', {}, 0],
    ['oaieval', 'fails', { RAISE: 'yes' }, 1],
    ['warm', 'completes', {}, 0],
  ] as const)(
    'gateway address, engine %s, an eval that %s: nothing that is shown or saved contains the address',
    async ([engine, , env, exitCode], context) => {
      const machine = await machineThatPrints(context);
      const result = await machine.run({ env, inputs: { engine } });
      expect(result.exitCode, logOf(result)).toBe(exitCode);
      const [token = 'none'] = tokensOf(result);
      expect(token).toMatch(/^[0-9a-f]{48}$/);
      const places = leftBehind(machine, result);
      const parts = Array.from({ length: token.length - 15 }, (_, at) => token.slice(at, at + 16));
      for (const [place, text] of places)
        expect(
          parts.filter((part) => text.includes(part)),
          place,
        ).toEqual([]);
      expect(places.get('log')).toContain('in full http://127.0.0.1:');
      expect(places.get('log')).toContain('of the runner: []');
      expect(places.get('log')).toContain('of the user: *** ***');
      for (const [place, text] of places)
        expect(
          [GITHUB_TOKEN, OPENAI_API_KEY].filter((secret) => text.includes(secret)),
          place,
        ).toEqual([]);
      if (exitCode === 1) expect(result.annotations[0]?.message).toMatch(/RuntimeError: .*\/\*\*\*\/openai/);
    },
  );
});

test('log: control characters are shown as their codes, and annotations have 4 KB at most', async (context) => {
  const machine = await machineThatPrints(context);
  const result = await machine.run({ env: { RAISE: 'yes' } });
  expect(logOf(result)).toContain('turned \\u202e round \\u2066 here \\u200b and \\u2028 there');
  expect(result.lines.filter((line) => !isPrintable(line))).toEqual([]);
  for (const { message } of result.annotations) expect(Buffer.byteLength(message)).toBeLessThanOrEqual(4096);
  expect(Math.max(...result.lines.map((line) => line.length))).toBeLessThan(5000);
});

test('log: a run with many samples has as many lines as one with few', LONG, async (context) => {
  const linesWith = async (samples: number): Promise<string[]> => {
    const machine = await machineWithSet(context, { samples: [samples, samples, samples] });
    const result = await machine.run();
    expect(result.exitCode, logOf(result)).toBe(0);
    // A slow machine has more heartbeats, and the runner hides debug lines.
    return result.lines.filter((line) => !/^::debug::|evals have ended; /.test(line));
  };
  const [few, many] = await Promise.all([linesWith(3), linesWith(150)]);
  expect(many, many.join('\n')).toHaveLength(few.length);
  expect(few.length).toBeLessThan(30);
});
