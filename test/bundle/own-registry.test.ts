/** The files of docs/own-registry.md and the workflow of the README that judges, as people copy them. */
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { evalsPython } from '../helpers/evals-venv.ts';
import { documentedRegistry, stepOf, writeFiles } from '../helpers/own-registry.ts';
import { type Cleanup, temporaryDirectory } from '../helpers/temporary-directory.ts';
import { annotations, logOf, runsAgain, TestMachine } from '../helpers/test-machine.ts';
import { knowledgeFrom } from '../stand-ins/knowledge.ts';

const { files, tree } = documentedRegistry();
const textOf = (path: string): string => files.get(path) ?? '';

const SAMPLES = 'evals-registry/data/geography/capitals.jsonl';
const CLASS = 'evals-code/geography/brief.py';

/** A checkout with the files of the page, and a machine whose API gets this share of the samples right. */
async function project(context: Cleanup, rightShare: number, model = 'gpt-4') {
  const workspace = temporaryDirectory(context);
  writeFiles(workspace, files);
  const machine = await TestMachine.make(context, {
    python: await evalsPython(),
    model,
    evalSet: 'geography',
    api: { knowledge: await knowledgeFrom(join(workspace, SAMPLES)), rightShare },
  });
  return { workspace, machine };
}

test('own registry: the files of the page run, and an edit runs the evals again that depend on it', async (context) => {
  expect(tree).toHaveLength(5);
  expect([...files.keys()].sort()).toEqual([...tree].sort());
  const { inputs, env } = stepOf(textOf('.github/workflows/geography.yml'));
  const { workspace, machine } = await project(context, 1, inputs.model);
  const run = async () => {
    const result = await machine.run({
      workspace,
      inputs,
      env: { PYTHONPATH: env.PYTHONPATH?.replace('${{ github.workspace }}', workspace) ?? '' },
    });
    expect(result.outputs, logOf(result)).toMatchObject({ verdict: 'passed', total: '3' });
    expect(annotations(result)).toEqual([]);
    return result;
  };

  const first = await run();
  expect(first.outputs).toMatchObject({ fresh: '3' });
  expect(machine.records().map((record) => [record.eval, record.metrics.accuracy])).toEqual(
    expect.arrayContaining([
      ['capitals.dev.v0', 1],
      ['capitals-brief.dev.v0', 1],
    ]),
  );

  writeFiles(workspace, new Map([[CLASS, `${textOf(CLASS)}\n\nLIMIT = 3\n`]]));
  const edited = await run();
  expect(edited.outputs).toMatchObject({ fresh: '1', reused: '2' });
  expect(Object.keys(runsAgain(edited))).toEqual(['capitals-brief']);

  const other = textOf(SAMPLES).replace('Name the capital of Peru', 'What is the capital of Peru');
  writeFiles(workspace, new Map([[SAMPLES, other]]));
  const again = await run();
  expect(again.outputs).toMatchObject({ fresh: '3' });
  expect(logOf(again)).toContain('samples changed');
});

test('README: the workflow that fails on a score passes, compares with the approved run, and fails', async (context) => {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
  const workflow = /```yaml\n(?:(?!```)[\s\S])*?thresholds:[\s\S]*?```/.exec(readme)?.[0] ?? '';
  const step = stepOf(workflow.replace(/^```yaml\n|```$/g, ''));
  expect(step.inputs).toMatchObject({ 'eval-set': 'my-set', 'registry-path': 'evals-registry' });
  // A push, so that no pull request is looked up.
  const { 'github-token': token, ...given } = step.inputs;
  expect(token).toBe('${{ github.token }}');
  const inputs = { ...given, model: 'gpt-4', 'eval-set': 'geography', include: 'capitals' };

  const right = await project(context, 1);
  const passed = await right.machine.run({ workspace: right.workspace, inputs });
  expect(passed.outputs, logOf(passed)).toMatchObject({ verdict: 'passed', complete: 'true' });
  // What the steps upload.
  expect(existsSync(passed.outputs['report-file'] ?? '')).toBe(true);
  const report = passed.outputs['report-directory'] ?? '';

  const wrong = await project(context, 0);
  for (const name of ['results.json', 'samples.jsonl'])
    cpSync(join(report, name), join(wrong.workspace, 'evals-baseline', name));
  const failed = await wrong.machine.run({
    workspace: wrong.workspace,
    inputs: {
      ...inputs,
      baseline: 'evals-baseline',
      thresholds: `${step.inputs.thresholds}\naccuracy drop <= 2pp`,
    },
  });
  expect(failed.exitCode, logOf(failed)).toBe(1);
  expect(failed.outputs).toMatchObject({ verdict: 'failed', complete: 'true', failed: '0' });
  const [error = ''] = annotations(failed);
  expect(error).toContain('[THRESHOLDS_MISSED]');
  expect(error).toContain('2 of 3 required rules are missed');
  expect(existsSync(failed.outputs['report-file'] ?? '')).toBe(true);
});
