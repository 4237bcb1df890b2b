/** What one eval is refused, and what all are: real evals, the shipped action. */
import { beforeAll, describe, expect, test } from 'vitest';
import { evalsPython } from '../../helpers/evals-venv.ts';
import { key, machineWithSet, ownModule } from '../../helpers/generated-set.ts';
import { annotations, logOf } from '../../helpers/test-machine.ts';
import { LONG, testRows } from '../../helpers/test-rows.ts';
import type { Fault } from '../../stand-ins/api-faults.ts';
import type { ModelRequest } from '../../stand-ins/model-request.ts';

beforeAll(async () => {
  await evalsPython();
});

const isLookup = ({ method }: ModelRequest): boolean => method !== 'POST';
const holds = ({ body }: ModelRequest, text: string): boolean => JSON.stringify(body).includes(text);

/** Asks a model that it names itself. */
const ASKS_ITS_OWN = `
import evals, evals.metrics
from openai import OpenAI

class Own(evals.Eval):
    def eval_sample(self, sample, rng):
        old = OpenAI().chat.completions.create(model="gpt-4-32k", messages=sample["input"])
        evals.record_and_check_match(sample["input"], old.choices[0].message.content, sample["ideal"])

    def run(self, recorder):
        self.eval_all_samples(recorder, self.get_samples())
        return {"accuracy": evals.metrics.get_accuracy(recorder.get_events("match"))}
`;

const moderated: Fault = {
  status: 403,
  body: {
    error: {
      code: 403,
      message: 'Your input was flagged for "violence". No credits were charged.',
      metadata: { reasons: ['violence'], flagged_input: 'x' },
    },
  },
};
const firewall: Fault = {
  status: 403,
  headers: { 'content-type': 'text/html' },
  body: '<html><head><title>Request blocked</title></head></html>',
};
const poisoned: Fault = {
  status: 400,
  body: { error: { message: 'Invalid prompt', code: 'invalid_prompt' } },
};

describe.concurrent('an eval of which one request is refused fails by itself', () => {
  testRows({ short: 1, long: 1 }, [
    ['moderated', moderated, /flagged for "violence"/],
    ['blocked by a firewall', firewall, /Request blocked/],
    ['invalid', poisoned, /Invalid prompt/],
  ] as const)(
    'refused request, %s: only its eval fails, in the first run and in each re-run',
    async (row, context) => {
      const [, fault, words] = row;
      const machine = await machineWithSet(
        context,
        { samples: [4, 4, 4] },
        { api: { faults: (request) => (holds(request, ' 1.2 times') ? fault : undefined) } },
      );
      for (const runAttempt of [1, 2, 3]) {
        machine.api.forget();
        const result = await machine.run({ runAttempt });
        expect(result.outputs, logOf(result)).toMatchObject({ completed: '2', failed: '1', pending: '0' });
        const [failed = ''] = annotations(result);
        expect(failed).toMatch(words);
        // The first re-run requests all of them once more, without its recorded answers; it fails in the same way.
        const most = runAttempt === 1 ? 4 * 3 + 1 : runAttempt === 2 ? 1 + 4 : 2;
        expect(machine.api.requests.filter((request) => !isLookup(request)).length).toBeLessThanOrEqual(most);
      }
    },
  );

  test(
    'refused request: a retired model that the eval names itself is in the message',
    LONG,
    async (context) => {
      const env = ownModule(context, 'own', ASKS_ITS_OWN);
      const retired: Fault = {
        status: 404,
        body: { error: { message: 'The model `gpt-4-32k` has been deprecated', code: 'model_not_found' } },
      };
      const machine = await machineWithSet(
        context,
        { samples: [3, 3, 3], className: ['own:Own', undefined, 'own:Own'] },
        { env, api: { faults: ({ model }) => (model === 'gpt-4-32k' ? retired : undefined) } },
      );
      for (const runAttempt of [1, 2]) {
        const result = await machine.run({ runAttempt });
        expect(result.outputs, logOf(result)).toMatchObject({ completed: '1', failed: '2', pending: '0' });
        expect(annotations(result)[0]).toContain('(model gpt-4-32k, sample "What is 0.');
      }
    },
  );
});

describe.concurrent('what is refused for all ends the job at once, in the words of the provider', () => {
  testRows({ short: 1, long: 2 }, [
    [
      "LiteLLM's budget",
      {
        status: 429,
        body: {
          error: {
            message: 'Budget has been exceeded! Current cost: 10.51',
            type: 'budget_exceeded',
            code: '429',
          },
        },
      },
      /Budget has been exceeded/,
      /raise the quota or budget/,
    ],
    [
      'a web page',
      {
        status: 200,
        headers: { 'content-type': 'text/html' },
        body: '<!doctype html><title>Welcome</title>',
      },
      /a web page instead of an API response: Welcome/,
      /Check the base URL of the API/,
    ],
    [
      'an unknown model of the input',
      {
        status: 404,
        body: { error: { message: 'The model `gpt-4` does not exist', code: 'model_not_found' } },
      },
      /does not exist/,
      /Check the name of the model "gpt-4"/,
    ],
    [
      "Gemini's 400 for a key",
      {
        status: 400,
        body: [
          {
            error: {
              code: 400,
              message: 'API key not valid.',
              status: 'INVALID_ARGUMENT',
              details: [{ reason: 'API_KEY_INVALID' }],
            },
          },
        ],
      },
      /API key not valid/,
      /Fix the API key/,
    ],
    [
      'a path that is not there',
      { status: 404, body: { detail: 'Not Found' } },
      /404: Not Found/,
      /usually ends with \/v1/,
    ],
  ] as const)('refused job, %s: it ends at once with the words of the provider', async (row, context) => {
    const [, fault, words, next] = row;
    const machine = await machineWithSet(
      context,
      { samples: [3, 3] },
      { api: { faults: (request) => (isLookup(request) ? undefined : fault) } },
    );
    const result = await machine.run();
    expect(annotations(result), logOf(result)).toEqual([expect.stringMatching(/\[API_REFUSED\]$/)]);
    expect(annotations(result)[0]).toMatch(words);
    expect(annotations(result)[0]).toMatch(next);
    expect(result.outputs).toMatchObject({ completed: '0', failed: '0', pending: '2' });
    // Those that were in flight.
    expect(machine.api.requests.filter((request) => !isLookup(request)).length).toBeLessThanOrEqual(3);
  });

  test('unreachable API: the error names its address, and no eval waits for it twice', async (context) => {
    const machine = await machineWithSet(context, { samples: [3, 3] });
    const result = await machine.run({ env: { OPENAI_BASE_URL: 'https://api.invalid/v1' } });
    expect(annotations(result), logOf(result)).toEqual([expect.stringMatching(/\[API_UNREACHABLE\]$/)]);
    expect(annotations(result)[0]).toContain('api.invalid');
    expect(result.outputs).toMatchObject({ completed: '0', pending: '2' });
  });
});

test('wrong key of an eval, not of the job: only that eval fails', LONG, async (context) => {
  const env = ownModule(context, 'own', ASKS_ITS_OWN.replace('OpenAI()', 'OpenAI(api_key="sk-own")'));
  const machine = await machineWithSet(
    context,
    { samples: [2, 2], className: ['own:Own', undefined] },
    {
      env,
      api: {
        faults: ({ headers }) =>
          headers.authorization === 'Bearer sk-own'
            ? {
                status: 401,
                body: { error: { message: 'Incorrect API key provided', code: 'invalid_api_key' } },
              }
            : undefined,
      },
    },
  );
  const result = await machine.run();
  expect(result.outputs, logOf(result)).toMatchObject({ completed: '1', failed: '1', pending: '0' });
  expect(machine.doneEvals()).toEqual([key(1)]);
});
