/** docs/hosted-evals.md: its files, as people copy them, are an eval set that the action runs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { filesIn, writeFiles } from '../helpers/document-files.ts';
import { evalsPython } from '../helpers/evals-venv.ts';
import { chat } from '../helpers/gateway-rig.ts';
import { type Cleanup, temporaryDirectory } from '../helpers/temporary-directory.ts';
import { annotations, logOf, TestMachine } from '../helpers/test-machine.ts';

const DOCUMENT = 'docs/hosted-evals.md';
const JUDGE = 'org/judge';

/** The answers of the model, by a word of the prompt, then those of the judge, by a word of the spec and an answer. */
const ANSWERS: readonly (readonly [RegExp, string])[] = [
  [/capital of France/, 'Paris'],
  // Correct for ilike and for Match, but not for eq.
  [/capital of Japan/, 'Tokyo, of course'],
  [/capital of Kenya/, 'It is NAIROBI.'],
  [/second bridge/, 'City council votes for a new second bridge'],
  [/northern railway/, 'Trains stop'],
  [/On its way.*polite, neutral/, 'The reply is friendly and not rude.\npolite'],
  [/Read the.*polite, neutral/, 'It is not polite at all.\nrude'],
  // Without match_fn: exact, the last line would be a 0, with which it ends.
  [/useless.*On its way/, '1 point is missing for nothing.\n10'],
  [/useless.*Read the/, 'Somewhat.\n3'],
  [/parcel is late/, 'On its way!'],
  [/my refund/, 'Read the terms.'],
];

function answerTo(body: unknown): string {
  const prompt = JSON.stringify(body);
  const [, answer] = ANSWERS.find(([pattern]) => pattern.test(prompt)) ?? [];
  if (answer === undefined) throw new Error(`The test has no answer to ${prompt}.`);
  return answer;
}

interface Step {
  readonly with: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

/** The step at the end of the document, which runs the set. */
function stepIn(document: string): Step {
  const text = readFileSync(join(import.meta.dirname, '../..', document), 'utf8');
  const blocks = [...text.matchAll(/^```yaml\n(- uses: oaievalset-action[\s\S]*?)^```$/gm)];
  const [step] = parse(blocks[0]?.[1] ?? '[]') as Step[];
  if (!step) throw new Error(`${document} has no step.`);
  return step;
}

/** A machine whose checkout has the files of the document, and which runs its step. */
async function machineOf(cleanup: Cleanup, files: ReadonlyMap<string, string>) {
  const workspace = temporaryDirectory(cleanup);
  writeFiles(workspace, files);
  const step = stepIn(DOCUMENT);
  const { model = '', 'eval-set': evalSet = '', 'evals-version': _installed, ...inputs } = step.with;
  const machine = await TestMachine.make(cleanup, {
    python: await evalsPython(),
    model,
    evalSet,
    inputs,
    env: { PYTHONPATH: (step.env.PYTHONPATH ?? '').replace('${{ github.workspace }}', workspace) },
    api: { faults: ({ body }) => ({ status: 200, body: chat(answerTo(body)) }) },
  });
  return { machine, run: () => machine.run({ workspace, cache: false }) };
}

const metricsOf = (machine: TestMachine) =>
  Object.fromEntries(machine.records().map((record) => [record.eval, record.metrics]));

test('docs/hosted-evals.md: its eval set has the results of the hosted graders, and its rules are judged', async (context) => {
  const { machine, run } = await machineOf(context, filesIn(DOCUMENT));
  const result = await run();
  expect(result.outputs, logOf(result)).toMatchObject({
    complete: 'true',
    completed: '5',
    failed: '0',
    verdict: 'failed',
  });
  expect(metricsOf(machine)).toMatchObject({
    'capital.dev.v0': { accuracy: 1 },
    'capital-eq.dev.v0': { accuracy: expect.closeTo(1 / 3), score: expect.closeTo(1 / 3) },
    'headline.dev.v0': { accuracy: 0.5, score: expect.closeTo(17 / 26 / 2) },
    'tone.dev.v0': { score: 0.5, 'counts/polite': 1, 'counts/rude': 1 },
    'helpful.dev.v0': { score: expect.closeTo(0.65), 'counts/10': 1, 'counts/3': 1 },
  });
  const judged = machine.api.requests
    .filter(({ model }) => model === JUDGE)
    .map(({ body }) => JSON.stringify(body));
  expect(judged).toHaveLength(4);
  expect(judged).toContainEqual(expect.stringContaining('Customer: My parcel is late.\\nReply: On its way!'));
  expect(annotations(result).join('\n')).toContain('[THRESHOLDS_MISSED]');
});

test('docs/hosted-evals.md: samples with the answers of a run are graded, and only the judge gets requests', async (context) => {
  const files = new Map(filesIn(DOCUMENT));
  const data = 'evals-registry/data/hosted/replies.jsonl';
  const replies = (files.get(data) ?? '').trim().split('\n');
  const answered = replies.map((line) => ({ ...(JSON.parse(line) as object), completion: 'On its way!' }));
  files.set(data, answered.map((sample) => `${JSON.stringify(sample)}\n`).join(''));
  files.set('evals-registry/eval_sets/hosted.yaml', 'hosted:\n  evals: [tone]\n');
  const { machine, run } = await machineOf(context, files);
  const result = await run();
  expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true' });
  expect(metricsOf(machine)).toMatchObject({ 'tone.dev.v0': { score: 1, 'counts/polite': answered.length } });
  expect(machine.api.requests.map(({ model }) => model)).toEqual(answered.map(() => JUDGE));
});
