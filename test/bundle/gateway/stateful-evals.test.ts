/** Evals that make something at the API: real evals, the shipped action, an API that keeps conversations. */
import { beforeAll, describe, expect, test } from 'vitest';
import { evalsPython } from '../../helpers/evals-venv.ts';
import { key, machineWithSet, ownModule } from '../../helpers/generated-set.ts';
import { type Cleanup, temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { logOf, type TestMachine } from '../../helpers/test-machine.ts';
import { LONG, testRows } from '../../helpers/test-rows.ts';
import { conversations } from '../../stand-ins/conversations.ts';

beforeAll(async () => {
  await evalsPython();
});

/** Each sample is a conversation of its own, which the API keeps. */
const TALKS = `
import evals, evals.metrics
from openai import OpenAI

class Talk(evals.Eval):
    def eval_sample(self, sample, rng):
        client, question = OpenAI(), sample["input"][0]["content"]
        conversation = client.conversations.create()
        answer = client.responses.create(model="gpt-4", conversation=conversation.id, input=question)
        evals.record.record_match(answer.output_text == f"answer to {question}", expected=question, picked=answer.output_text)
        DELETES and client.conversations.delete(conversation.id)

    def run(self, recorder):
        self.eval_all_samples(recorder, self.get_samples())
        return {"accuracy": evals.metrics.get_accuracy(recorder.get_events("match"))}
`;

/** Follows up by the id of the answer before, which the API keeps. */
const FOLLOWS_UP = `
import evals, evals.metrics
from openai import OpenAI

class Talk(evals.Eval):
    def eval_sample(self, sample, rng):
        client, question = OpenAI(), sample["input"][0]["content"]
        first = client.responses.create(model="gpt-4", input=question)
        answer = client.responses.create(model="gpt-4", input="sure?", previous_response_id=first.id)
        evals.record.record_match(answer.output_text == f"answer to {question}", expected=question, picked=answer.output_text)

    def run(self, recorder):
        self.eval_all_samples(recorder, self.get_samples())
        return {"accuracy": evals.metrics.get_accuracy(recorder.get_events("match"))}
`;

const asks = (machine: TestMachine) =>
  machine.api.requests.filter(({ path }) => path === '/v1/responses').length;
const accuracy = (machine: TestMachine) =>
  machine.records().find((record) => record.eval === key(0))?.metrics.accuracy;

async function talk(context: Cleanup, source: string, inputs: Record<string, string> = {}) {
  const api = conversations();
  const env = ownModule(context, 'talks', source);
  const machine = await machineWithSet(
    context,
    { samples: [10], className: 'talks:Talk' },
    { env: { ...env, EVALS_THREADS: '4' }, inputs, api: { faults: api.faults, latencyMs: 20 } },
  );
  return { machine, api };
}

describe.concurrent('an eval that makes something at the API and is interrupted starts from its first request', () => {
  testRows(1, [
    ['keeps a conversation for each sample', 'warm', 'SIGKILL', TALKS.replace('DELETES', 'False')],
    ['deletes its conversations', 'oaieval', 'SIGINT', TALKS.replace('DELETES', 'True')],
    ['asks again by the id of an answer', 'warm', 'SIGKILL', FOLLOWS_UP],
  ] as const)('stateful eval that %s starts from its first request (%s, %s)', async (row, context) => {
    const [, engine, signal, source] = row;
    const { machine, api } = await talk(context, source, { engine });
    const { main, ended } = machine.start();
    await main;
    await machine.api.untilReceived(12);
    (await main).kill(signal);
    await ended;
    // What the first run made is gone, as after a tidy-up.
    api.forget();
    machine.api.forget();
    const result = await machine.run({ runAttempt: 2 });
    expect(result.exitCode, logOf(result)).toBe(0);
    expect(accuracy(machine)).toBe(1);
    expect(result.outputs).toMatchObject({ complete: 'true', 'requests-replayed': '0' });
    expect(result.lines).toContainEqual(expect.stringContaining('It starts from its first request'));
    expect(asks(machine)).toBe(source === FOLLOWS_UP ? 20 : 10);
  });

  test(
    'stateful eval: its second attempt in the same run starts from the first request',
    LONG,
    async (context) => {
      const source = TALKS.replace('DELETES', 'False').replace(
        'return {"accuracy"',
        `import os
        if not os.path.exists("once"):
            open("once", "w").close()
            raise RuntimeError("the first time")
        return {"accuracy"`,
      );
      const { machine } = await talk(context, source, { 'working-directory': temporaryDirectory(context) });
      const result = await machine.run();
      expect(result.exitCode, logOf(result)).toBe(0);
      expect(accuracy(machine)).toBe(1);
      expect(asks(machine)).toBe(20);
      expect(result.lines).toContainEqual(expect.stringContaining('(POST /conversations)'));
    },
  );
});
