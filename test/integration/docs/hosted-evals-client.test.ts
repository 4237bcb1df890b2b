/** OpenAI's own Python client knows the shapes of docs/hosted-evals.md and of the stand-in for the hosted Evals. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { evalsPython } from '../../helpers/evals-venv.ts';
import { startApi } from '../../helpers/network.ts';
import { hostedEvals, outputItem } from '../../stand-ins/hosted-evals.ts';

/** Runs a program in the Python that has evals, and with it OpenAI's client. @returns what it prints */
async function withClient(program: string, env: Readonly<Record<string, string>>): Promise<unknown> {
  const { stdout } = await promisify(execFile)(await evalsPython(), ['-c', program], { env });
  return JSON.parse(stdout);
}

const CHECK = `
import json, os
from pydantic import TypeAdapter, ValidationError
from openai.types.eval_create_params import TestingCriterion
kinds = TypeAdapter(TestingCriterion)
def known(grader):
    try:
        return bool(kinds.validate_python(grader))
    except ValidationError:
        return False
print(json.dumps([known(grader) for grader in json.loads(os.environ["GRADERS"])]))
`;

test("docs/hosted-evals.md: its graders are those of OpenAI's client", async () => {
  const document = readFileSync(join(import.meta.dirname, '../../../docs/hosted-evals.md'), 'utf8');
  const graders = [...document.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(
    ([, text = '']) => JSON.parse(text) as Readonly<Record<string, unknown>>,
  );
  expect(graders.map(({ type }) => type)).toEqual([
    'string_check',
    'text_similarity',
    'label_model',
    'score_model',
  ]);
  const wrong = { ...graders[0], operation: 'matches' };
  expect(await withClient(CHECK, { GRADERS: JSON.stringify([...graders, wrong]) })).toEqual([
    true,
    true,
    true,
    true,
    false,
  ]);
});

const LIST = `
import json
from openai import OpenAI
client = OpenAI()
print(json.dumps([
    [each.id, run.id, [item.datasource_item for item in client.evals.runs.output_items.list(run.id, eval_id=each.id)]]
    for each in client.evals.list()
    for run in client.evals.runs.list(each.id)
]))
`;

test("stand-in for the hosted Evals: OpenAI's client reads all pages of its lists", async () => {
  const items = [1, 2, 3, 4, 5].map((x) => outputItem(x, { x }, { input: [], output: [] }));
  const evals = {
    eval_a: { run_1: items, run_2: [], run_3: items.slice(0, 1) },
    eval_b: {},
    eval_c: { run_4: items },
  };
  const api = await startApi(hostedEvals({ evals }));
  const read = await withClient(LIST, { OPENAI_BASE_URL: `${api.origin}/v1`, OPENAI_API_KEY: 'sk-test' });
  expect(read).toEqual(
    Object.entries(evals).flatMap(([id, runs]) =>
      Object.entries(runs).map(([run, all]) => [id, run, all.map(({ datasource_item }) => datasource_item)]),
    ),
  );
});
