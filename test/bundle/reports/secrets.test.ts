/** API keys and tokens are in no report, whatever an eval does with them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { machineWithSet, ownModule } from '../../helpers/generated-set.ts';
import type { RunResult } from '../../helpers/runner.ts';
import { logOf } from '../../helpers/test-machine.ts';
import { REPORT_FILES, resultsIn } from './reported-set.ts';

const KEY = 'sk-MARKER-7d1f0a52c3e94b18a6';
const TOKEN = 'ghs_MARKER0123456789abcdefTOKEN';
const PASSWORD = 'MARKER-0f9e8d7c6b5a4-PASS';

/** Records its secrets as a sample, as a metric and in its report, or raises them. */
const LEAKING = `
import os
import evals.record
from evals.eval import Eval

SECRETS = " ".join(os.environ.get(name, "") for name in ("OPENAI_API_KEY", "DATABASE_PASSWORD"))


class Leaks(Eval):
    def eval_sample(self, sample, rng):
        print("the key is", SECRETS)
        evals.record.record_sampling(prompt="my key is " + SECRETS, sampled=SECRETS)
        evals.record.record_match(False, expected=SECRETS, picked="no", sampled=SECRETS)

    def run(self, recorder):
        self.eval_all_samples(recorder, self.get_samples())
        return {"accuracy": 0.0, "configuration": SECRETS}


class Raises(Leaks):
    def run(self, recorder):
        raise RuntimeError("401: incorrect API key: " + SECRETS)
`;

function everywhere(result: RunResult, reportDirectory: string): Record<string, string> {
  return {
    ...Object.fromEntries(
      REPORT_FILES.map((name) => [name, readFileSync(join(reportDirectory, name), 'utf8')]),
    ),
    summary: result.summary,
    'summary of post': result.post?.summary ?? '',
    outputs: JSON.stringify(result.outputs),
    // The runner reads this command, and prints `***` from then on.
    log: logOf(result).replaceAll(/^::add-mask::.*$/gm, ''),
  };
}

const holding = (texts: Record<string, string>, secret: string): string[] =>
  Object.entries(texts)
    .filter(([, text]) => text.includes(secret))
    .map(([name]) => name);

describe.concurrent('secrets in reports', () => {
  test.for([
    { phase: 'main', isKilled: false },
    { phase: 'post after a kill', isKilled: true },
  ])(
    'secrets: the reports of $phase have none, although an eval recorded and raised them',
    async ({ isKilled }, context) => {
      const machine = await machineWithSet(
        context,
        { samples: [2, 1, 2], className: ['leaking:Leaks', 'leaking:Raises', undefined] },
        {
          env: {
            ...ownModule(context, 'leaking', LEAKING),
            OPENAI_API_KEY: KEY,
            DATABASE_PASSWORD: PASSWORD,
          },
          inputs: { attempts: '1', 'samples-text': 'all', 'github-token': TOKEN, args: `--user ${KEY}` },
        },
      );
      const result = isKilled
        ? await machine.runUntil({ answered: 0, held: 1 }, (main) => main.kill('SIGKILL'))
        : await machine.run();
      const directory = join(machine.directory, 'work/_temp/oaievalset-report/__self');
      expect(readdirSync(directory).sort(), logOf(result)).toEqual(REPORT_FILES);
      const { results } = resultsIn(directory);
      expect(results.evals.map(({ status }) => status)).toEqual([
        'fresh',
        'failed',
        isKilled ? 'pending' : 'fresh',
      ]);
      expect(results.evals[1]?.error?.message).toContain('incorrect API key: ***');
      expect(readFileSync(join(directory, 'samples.jsonl'), 'utf8')).toContain('my key is ***');
      const texts = everywhere(result, directory);
      for (const secret of [KEY, TOKEN, PASSWORD]) expect(holding(texts, secret), secret).toEqual([]);
    },
  );
});
