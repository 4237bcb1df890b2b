/** Models that evals does not know: where they are served, and how much they take. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { evalsPython } from '../../helpers/evals-venv.ts';
import { logOf } from '../../helpers/test-machine.ts';
import { testRows } from '../../helpers/test-rows.ts';
import { machineFor, onLinux } from '../../helpers/warm-engine.ts';

onLinux.concurrent('models', () => {
  test('chat fallback: a model that evals does not know is requested where it is served', async ({
    onTestFinished,
  }) => {
    const chat = ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'gpt-5', 'o3', 'ft:gpt-4o-mini:org::id', 'org/model'];
    chat.push('gpt-3.5-turbo', 'gpt-4', 'ft:gpt-3.5-turbo:org::id', 'davinci-of-ours', 'my-ada');
    const text = ['davinci-002', 'babbage-002', 'gpt-3.5-turbo-instruct', 'ft:davinci-002:org::id'];
    text.push('text-davinci-003', 'gpt-3.5-turbo-instruct-0914', 'ada', 'code-cushman-001');
    const { machine } = await machineFor({ onTestFinished }, 'warm-asking');
    const script = `
import json, sys
from oaievalset_action import chat_fallback
chat_fallback.install()
from evals.registry import Registry
registry = Registry()
json.dump({name: type(registry.make_completion_fn(name)).__name__ for name in sys.argv[1:]}, sys.stdout)
`;
    const { stdout } = await promisify(execFile)(await evalsPython(), ['-c', script, ...chat, ...text], {
      env: {
        ...process.env,
        PYTHONPATH: join(import.meta.dirname, '../../../src/python'),
        PYTHONDONTWRITEBYTECODE: '1',
        OPENAI_API_KEY: 'x',
        OPENAI_BASE_URL: machine.api.url,
      },
    });
    expect(JSON.parse(stdout)).toEqual({
      ...Object.fromEntries(chat.map((name) => [name, 'OpenAIChatCompletionFn'])),
      ...Object.fromEntries(text.map((name) => [name, 'OpenAICompletionFn'])),
    });
    expect(machine.api.requests).toEqual([]);
  });

  testRows({ short: 1, long: 2 }, [
    ['gpt-5', 'gpt-5', '/v1/chat/completions'],
    ['ft:davinci-002:org::id', 'ft:davinci-002:org::id', '/v1/completions'],
    ['named-text', 'davinci-002', '/v1/completions'],
    ['named-chat', 'gpt-4o-mini', '/v1/chat/completions'],
    ['davinci-003-of-ours', 'o3', '/v1/chat/completions'],
    ['babbage-002', 'gpt-5', '/v1/chat/completions'],
  ] as const)(
    'model %s: %s is requested at %s, without looking the model up',
    async ([name, model, path], context) => {
      const { machine } = await machineFor(context, 'warm-asking', { model: name });
      const result = await machine.run({ cache: false });
      expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '1' });
      const asked = machine.api.requests.map((request) => [request.method, request.path, request.model]);
      expect(asked).toEqual([['POST', path, model]]);
    },
  );
});

onLinux.concurrent('context lengths', () => {
  testRows(1, [
    ['of today, which evals does not know', 'agent-of-today', { solver: 128_000, registry: null }],
    ['of yesterday', 'agent-of-yesterday', { solver: 8192, registry: 8192 }],
  ] as const)(
    'context length of a model %s, for a solver that needs it',
    async ([, model, lengths], context) => {
      const each = ['warm-saying-context', 'warm-saying-context-threading'].map(async (evalSet) => {
        const { machine } = await machineFor(context, evalSet, { model });
        const result = await machine.run({ cache: false });
        expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true' });
        expect(logOf(result).includes('its own Python process')).toBe(evalSet.endsWith('threading'));
        const record = machine.records().find((one) => one.eval.startsWith('warm-says-context'));
        expect(record?.metrics).toMatchObject(lengths);
      });
      await Promise.all(each);
    },
  );
});
