/**
 * Models of other servers than OpenAI's, each against a stand-in that speaks the dialect of that server. docs/servers.md has the
 * same rows.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { counts } from '../../helpers/completed-set.ts';
import { machineWithSet, ownModule, registryOf, untilRecorded } from '../../helpers/generated-set.ts';
import { writeSamples } from '../../helpers/registry.ts';
import type { Cleanup } from '../../helpers/temporary-directory.ts';
import { annotations, logOf, type TestMachine } from '../../helpers/test-machine.ts';
import { testRows } from '../../helpers/test-rows.ts';
import { apiFaults, type Fault } from '../../stand-ins/api-faults.ts';
import { dialects } from '../../stand-ins/dialects.ts';
import { field } from '../../stand-ins/json-fields.ts';
import type { ModelRequest } from '../../stand-ins/model-request.ts';

interface Row {
  readonly dialect: keyof typeof dialects;
  /** The input `model`. */
  readonly model: string;
  /** The model in requests, if it is another one. */
  readonly requested?: string;
  /** The server refuses the parameter temperature, once for each model. */
  readonly ownTemperature?: true;
  /** The completion function of the test receives its responses as streams. */
  readonly streamed?: true;
}

/** Each dialect, two of them streamed. */
const DIALECTS: readonly Row[] = [
  { dialect: 'azure', model: 'our-deployment' },
  { dialect: 'openai', model: 'gpt-6-luna' },
  { dialect: 'gemini', model: 'gemini-3-pro' },
  { dialect: 'openRouter', model: 'org/model:free', streamed: true },
  { dialect: 'vllm', model: 'org/model' },
  { dialect: 'ollama', model: 'llama3.2:3b', streamed: true },
  { dialect: 'withoutUsage', model: 'org/model' },
  {
    dialect: 'anthropic',
    model: 'generation/direct/claude-3-opus-20240229',
    requested: 'claude-3-opus-20240229',
  },
];

/** Other models of these servers, and the other way of responding. */
const MORE: readonly Row[] = [
  { dialect: 'openRouter', model: 'org/model:free' },
  { dialect: 'ollama', model: 'llama3.2:3b' },
  { dialect: 'openai', model: 'gpt-6-luna', streamed: true },
  { dialect: 'openai', model: 'o3', ownTemperature: true },
  { dialect: 'openai', model: 'ft:gpt-4.1-mini:org::id' },
  { dialect: 'openai', model: 'generation/direct/gpt-4', requested: 'gpt-4' },
  { dialect: 'azure', model: 'our-deployment', streamed: true },
  { dialect: 'gemini', model: 'gemini-3-pro', streamed: true },
  { dialect: 'vllm', model: 'org/model', streamed: true },
];

const isWhole = ({ streamed }: Row): boolean => !streamed;

/** A row of a table whose title names the model and its server. */
const titled = (row: Row) => ({
  row,
  toString: () => `${row.model} of ${row.dialect}${row.streamed ? ', streamed,' : ''}`,
});

/** Solvers expect that a prompt begins with a system message. */
const QUESTIONS = [1, 2, 3, 4].map((number) => ({
  input: [
    { role: 'system', content: 'Answer with a number.' },
    { role: 'user', content: `What is ${number} times 7?` },
  ],
  ideal: '7',
}));

/** A tokenizer that need not be downloaded, for evals' own solvers. */
const TOKENIZER = join(import.meta.dirname, '../../fixtures/same-results/modules');

const STREAMS = `
from evals.api import CompletionFn, CompletionResult
from evals.record import record_sampling
from openai import OpenAI


class Streamed(CompletionResult):
    def __init__(self, text):
        self.text = text

    def get_completions(self):
        return [self.text]


class Streams(CompletionFn):
    def __init__(self, model, **kwargs):
        self.model = model

    def __call__(self, prompt, **kwargs):
        options = {"stream": True, "stream_options": {"include_usage": True}}
        chunks = list(OpenAI().chat.completions.create(model=self.model, messages=prompt, **options))
        text = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
        record_sampling(prompt=prompt, sampled=[text], model=self.model)
        return Streamed(text)
`;

const OWN_TEMPERATURE = "Unsupported value: 'temperature' does not support 0.0 with this model.";

/** The server is busy at first. A model with its own temperature then refuses every other one. */
function usualFaults({ dialect, ownTemperature }: Row): (request: ModelRequest) => Fault | undefined {
  return ({ n, body }) => {
    if (n === 1) return dialects[dialect].busy;
    const refuses = ownTemperature && field(body, 'temperature') !== undefined;
    return refuses ? apiFaults.unsupportedValue('temperature', OWN_TEMPERATURE) : undefined;
  };
}

async function machineFor(context: Cleanup, row: Row): Promise<TestMachine> {
  const { dialect, model, streamed } = row;
  const { PYTHONPATH } = ownModule(context, 'streaming_fn', STREAMS);
  const machine = await machineWithSet(
    context,
    { samples: [QUESTIONS.length] },
    {
      model: streamed ? 'streams' : model,
      env: { EVALS_THREADS: '1', PYTHONPATH: `${PYTHONPATH}:${TOKENIZER}` },
      inputs: { attempts: '1' },
      api: { dialect: dialects[dialect], faults: usualFaults(row) },
    },
  );
  writeSamples(registryOf(machine), 'ask-0', QUESTIONS);
  const folder = join(registryOf(machine), 'completion_fns');
  mkdirSync(folder);
  const streams = { class: 'streaming_fn:Streams', args: { model } };
  writeFileSync(join(folder, 'streams.yaml'), JSON.stringify({ streams }));
  return machine;
}

const anthropicEnv = ({ api }: TestMachine) => ({ ANTHROPIC_BASE_URL: api.url, ANTHROPIC_API_KEY: 'x' });

describe.concurrent('servers and their dialects', () => {
  testRows({ short: 1, long: 4 }, [...DIALECTS, ...MORE].map(titled))(
    'dialect: %s is retried when busy, recorded, counted and resumed',
    async ({ row }, context) => {
      const machine = await machineFor(context, row);
      const { basePath, endpoint } = dialects[row.dialect];
      const env = anthropicEnv(machine);
      const refused = row.ownTemperature ? 1 : 0;
      const { main, ended } = await machine.startUntil({ held: 1, answered: 1 + refused + 2 }, { env });
      await untilRecorded(machine, 2);
      main.kill('SIGKILL');
      await ended;
      const requests = machine.api.requests.slice();

      machine.forgetState();
      machine.api.release();
      machine.api.forget();
      machine.api.setFaults();
      const result = await machine.run({ runAttempt: 2, env });
      expect(result.exitCode, logOf(result)).toBe(0);
      expect(annotations(result)).toEqual([]);
      expect(result.outputs).toMatchObject({
        ...counts(1, 0, {}, 1),
        'requests-sent': String(QUESTIONS.length - 2),
        'requests-replayed': '2',
      });
      expect(Number(result.outputs['total-tokens']) > 0).toBe(row.dialect !== 'withoutUsage');
      for (const request of [...requests, ...machine.api.requests])
        expect(request).toMatchObject({ path: basePath + endpoint, model: row.requested ?? row.model });
    },
  );

  testRows({ short: 1, long: 1 }, [...DIALECTS, ...MORE].filter(isWhole).map(titled))(
    'dialect: %s that the server does not know is refused in the words of the server',
    async ({ row }, context) => {
      const machine = await machineFor(context, row);
      const { unknownModel, unknownWords } = dialects[row.dialect];
      const requested = row.requested ?? row.model;
      machine.api.setFaults(() => unknownModel(requested));
      const result = await machine.run({ env: anthropicEnv(machine) });
      expect(result.exitCode, logOf(result)).toBe(1);
      const errors = annotations(result).join('\n');
      expect(errors).toContain(unknownWords(requested));
      // The model of a solver is not that of the job, so only its eval fails.
      expect(errors).toContain(row.requested ? '[EVALS_FAILED]' : '[API_REFUSED]');
      expect(machine.doneEvals()).toEqual([]);
    },
  );
});
