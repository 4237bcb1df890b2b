/** The recipes of docs/results.md, with the eval set of the test, and with stand-ins for `gh` and for actions/upload-artifact. */
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseResults } from '../../src/artifact/results-file.ts';
import { EXAMPLE_MODEL } from '../../src/example-model.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import type { ActResult } from '../helpers/act-log.ts';
import { cleanupAfterAll } from '../helpers/temporary-directory.ts';
import {
  type Arithmetic,
  makeArithmetic,
  models,
  type StepContext,
  setInputs,
  stepsOf,
  type WorkflowStep,
  workflowOf,
} from './arithmetic.ts';

const recipes =
  readFileSync(join(import.meta.dirname, '../../docs/results.md'), 'utf8').split('## Recipes')[1] ?? '';

/** The first block of a recipe in this language. */
function blockOf(title: string, language: 'yaml' | 'sh'): string {
  const [, recipe = ''] = recipes.split(`**${title}`);
  const block = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(recipe)?.[1];
  if (block === undefined) throw new Error(`docs/results.md has no ${language} for "${title}".`);
  return block;
}

const cleanup = cleanupAfterAll();
let arithmetic: Arithmetic;
let kept: { result: ActResult; steps: Readonly<Record<string, StepContext>> };
let compared: typeof kept;
/** The directory of each artifact that a step uploaded, by its name. */
const artifact = (name: string): string => join(arithmetic.directory, 'artifacts', name);
const report = (id: string): string => join(arithmetic.directory, 'reports', id);

/** The step of a recipe, with what has to be different here. */
function adapted(step: WorkflowStep, id: string, model: string = models.good): WorkflowStep {
  const { 'evals-version': version, ...inputs } = step.with ?? {};
  if (step.uses?.startsWith('actions/upload-artifact@')) {
    const { path = '', name = 'report.html' } = inputs;
    return { ...(step.if ? { if: step.if } : {}), run: `cp -r "${path}" "${artifact(name)}"` };
  }
  if (!step.uses?.startsWith('oaievalset-action/')) return step;
  expect([version, inputs.model, inputs['eval-set']]).toEqual(['3.0.1.post1', EXAMPLE_MODEL, 'my-set']);
  return {
    ...step,
    id,
    uses: './',
    env: { OPENAI_API_KEY: '${{ secrets.OPENAI_API_KEY }}' },
    // The third eval has too few samples.
    with: {
      ...inputs,
      ...setInputs(arithmetic, join(arithmetic.directory, 'state')),
      model,
      exclude: 'few',
      ...(id === 'evals' ? {} : { 'report-directory': report(id) }),
    },
  };
}

async function runSteps(steps: readonly WorkflowStep[]): Promise<typeof kept> {
  const file = join(arithmetic.directory, 'steps.json');
  const result = await (await arithmetic.start(workflowOf(steps, file))).finished;
  return { result, steps: existsSync(file) ? stepsOf(readFileSync(file, 'utf8')) : {} };
}

/** A stand-in for `gh`. At first there is no run; then there is one without an artifact, then one with the artifact of this test. */
function standInForGh(): void {
  const { programs, directory } = arithmetic;
  mkdirSync(programs, { recursive: true });
  const script = `#!/bin/sh
[ "$1" = auth ] && exit 1
echo "$@" >> ${join(directory, 'calls')}
if [ "$2" = list ]; then
  echo >> ${join(directory, 'lists')}
  case $(wc -l < ${join(directory, 'lists')}) in
    1) echo ;;
    2) echo "HTTP 404: workflow evals.yml not found on the default branch" >&2; exit 1 ;;
    3) echo 77 ;;
    *) echo 78 ;;
  esac
  exit
fi
[ "$2" = download ] || exit 2
[ "$3" = 77 ] && { echo "no valid artifacts found to download" >&2; exit 1; }
mkdir -p "$7" && cp ${artifact('evals')}/* "$7"
`;
  writeFileSync(join(programs, 'gh'), script);
  chmodSync(join(programs, 'gh'), 0o755);
}

function verdictOf(id: string): Verdict {
  const parsed = parseResults(readFileSync(join(report(id), 'results.json'), 'utf8'));
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed.verdict;
}

beforeAll(async () => {
  arithmetic = await makeArithmetic(cleanup);
  mkdirSync(join(arithmetic.directory, 'artifacts'));
  standInForGh();
  const keeping = parse(blockOf('Keep the report.', 'yaml')) as WorkflowStep[];
  kept = await runSteps(keeping.map((step) => adapted(step, step.id ?? '')));

  await promisify(execFile)('bash', ['-e', '-c', blockOf('Compare with a committed baseline.', 'sh')], {
    cwd: arithmetic.repository,
    env: {
      PATH: [arithmetic.programs, process.env.PATH].join(delimiter),
      GIT_AUTHOR_NAME: 'test',
      GIT_AUTHOR_EMAIL: 'test@example.com',
      GIT_COMMITTER_NAME: 'test',
      GIT_COMMITTER_EMAIL: 'test@example.com',
      HOME: arithmetic.directory,
    },
  });
  const committed = parse(blockOf('Compare with a committed baseline.', 'yaml')) as WorkflowStep;
  const committedStep = { uses: 'oaievalset-action/oaievalset-action@v0', ...committed };
  const lastRun = parse(blockOf('Compare with the last run of the main branch.', 'yaml')) as WorkflowStep[];
  compared = await runSteps([
    adapted(committedStep, 'same'),
    adapted(committedStep, 'dropped', models.worse),
    ...['no-run', 'no-workflow', 'expired', 'found'].flatMap((id) =>
      lastRun.map((step) => (step.run ? { ...step, id: `download-${id}` } : adapted(step, id))),
    ),
    ...lastRun.map((step) => adapted(step, 'found-drop', models.worse)),
  ]);
});

describe('recipes of results under act', () => {
  it('recipe: the report is kept, and approved by a commit', () => {
    expect(kept.steps.evals?.outcome, kept.result.text).toBe('success');
    expect(readFileSync(artifact('report.html'), 'utf8')).toMatch(/^<!doctype html>/);
    for (const name of ['results.json', 'samples.jsonl'])
      expect(readFileSync(join(arithmetic.repository, 'evals-baseline', name), 'utf8')).toBe(
        readFileSync(join(artifact('evals'), name), 'utf8'),
      );
  });

  it('recipe: the committed baseline lets the same results pass, and a drop fail', () => {
    expect(compared.steps.same?.outcome, compared.result.text).toBe('success');
    const { comparison } = verdictOf('same');
    expect(comparison).toMatchObject({ problem: null, hasSamples: true });
    expect(comparison?.evals.map(({ name, status }) => `${name.split('.')[0]} ${status}`)).toEqual([
      'sums within-noise',
      'products within-noise',
    ]);
    expect(compared.steps.dropped?.outcome, compared.result.text).toBe('failure');
    expect(verdictOf('dropped').rules.map(({ status }) => status)).toEqual(['missed', 'met']);
  });

  it.each(['no-run', 'no-workflow', 'expired'])(
    'recipe: without a last run, only the lower limit decides (%s)',
    (id) => {
      expect(compared.steps[`download-${id}`]?.outcome, compared.result.text).toBe('success');
      expect(compared.steps[id]?.outcome, compared.result.text).toBe('success');
      const { rules, comparison } = verdictOf(id);
      expect(rules.map(({ status }) => status)).toEqual(['met', 'not-judged']);
      expect(comparison?.problem).toMatch(/^there is no file /);
      const log = compared.result.outputOf(id).join('\n');
      expect(log).toMatch(/Advisory rule not judged: accuracy drop <= 2pp: .*there is no file /);
    },
  );

  it('recipe: with a last run, the difference is told and fails nothing', () => {
    expect(compared.steps.found?.outcome, compared.result.text).toBe('success');
    expect(verdictOf('found').rules.map(({ status }) => status)).toEqual(['met', 'met']);
    // 50 % of the sums are below the lower limit.
    expect(compared.steps['found-drop']?.outcome, compared.result.text).toBe('failure');
    expect(verdictOf('found-drop').rules.map(({ status }) => status)).toEqual(['missed', 'missed']);
  });

  it('recipe: only runs of pushes to main are asked for, so that no fork can provide the baseline', () => {
    const calls = readFileSync(join(arithmetic.directory, 'calls'), 'utf8').trim().split('\n');
    const lists = calls.filter((call) => call.startsWith('run list'));
    expect(lists).toHaveLength(5);
    for (const call of lists) expect(call).toContain('--branch main --event push --status success');
  });
});
