/** What is asked is what the eval asks: real evals, the shipped action, models that do not accept a parameter. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { evalsPython } from '../../helpers/evals-venv.ts';
import { machineWithSet, ownModule } from '../../helpers/generated-set.ts';
import { annotations, logOf } from '../../helpers/test-machine.ts';
import { testRows } from '../../helpers/test-rows.ts';

beforeAll(async () => {
  await evalsPython();
});

/** Asks with one parameter of its own. */
const withParameter = (parameter: string) => `
import evals, evals.metrics
from openai import OpenAI

class Own(evals.Eval):
    def eval_sample(self, sample, rng):
        said = OpenAI().chat.completions.create(model="gpt-4", messages=sample["input"], ${parameter})
        evals.record_and_check_match(sample["input"], said.choices[0].message.content, sample["ideal"])

    def run(self, recorder):
        self.eval_all_samples(recorder, self.get_samples())
        return {"accuracy": evals.metrics.get_accuracy(recorder.get_events("match"))}
`;

describe.concurrent('a refused parameter that changes the question', () => {
  testRows({ short: 1, long: 1 }, [
    [
      'response_format',
      'response_format={"type": "json_object"}',
      "Invalid parameter: 'response_format' of type 'json_object' is not supported with this model.",
    ],
    ['stop', 'stop=["."]', "Unsupported parameter: 'stop' is not supported with this model."],
    ['logprobs', 'logprobs=True', "Unsupported parameter: 'logprobs' is not supported with this model."],
    [
      'reasoning_effort',
      'reasoning_effort="low"',
      'Unrecognized request argument supplied: reasoning_effort',
    ],
  ] as const)(
    'refused parameter %s is never dropped: the eval fails with the words of the provider',
    async (row, context) => {
      const [name, parameter, message] = row;
      const machine = await machineWithSet(
        context,
        { samples: [3], className: 'own:Own' },
        {
          env: ownModule(context, 'own', withParameter(parameter)),
          api: {
            faults: ({ body }) =>
              Object.hasOwn(body ?? {}, name)
                ? {
                    status: 400,
                    body: { error: { message, type: 'invalid_request_error', param: null, code: null } },
                  }
                : undefined,
          },
        },
      );
      const result = await machine.run();
      expect(result.outputs, logOf(result)).toMatchObject({ completed: '0', failed: '1' });
      expect(annotations(result)[0]).toContain(name);
      expect(machine.records()).toEqual([]);
      for (const { body } of machine.api.requests.filter(({ method }) => method === 'POST'))
        expect(body).toHaveProperty(name);
    },
  );
});

test('refused temperature is left out for the refused value, and the record and the summary say so', async (context) => {
  const refused =
    "Unsupported value: 'temperature' does not support 0.0 with this model. Only the default (1) value is supported.";
  const machine = await machineWithSet(
    context,
    { samples: [3] },
    {
      api: {
        faults: ({ body }) =>
          (body as { temperature?: number })?.temperature === 0
            ? {
                status: 400,
                body: { error: { message: refused, param: 'temperature', code: 'unsupported_value' } },
              }
            : undefined,
      },
    },
  );
  const result = await machine.run();
  expect(result.exitCode, logOf(result)).toBe(0);
  const [record] = readFileSync(machine.path('resume/completions.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(record.adaptations).toEqual([
    { model: 'gpt-4', param: 'temperature', value: expect.stringMatching(/^0/), renamedTo: null },
  ]);
  expect(result.summary).toMatch(/temperature 0(\.0)? is left out, so its default applies/);
});
