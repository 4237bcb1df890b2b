import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { noModelMap } from '../../../src/model/model-map.ts';
import type { PlannedEval } from '../../../src/model/plan.ts';
import { planDigest } from '../../../src/plan/dependencies.ts';
import { FileHashes } from '../../../src/plan/file-hashes.ts';
import { planKey } from '../../../src/plan/plan-key.ts';
import { planSet } from '../../../src/plan/plan-set.ts';
import { savedPlan } from '../../../src/progress/saved-plan.ts';
import { owner, planned, temporaryDirectory } from '../../helpers/builders.ts';

/** The commands of the recalled plan, or why a new one was requested. The digest of the saved plan is right. */
async function recalledCommands(evals: readonly PlannedEval[], judgeModel = ''): Promise<unknown> {
  const directory = temporaryDirectory();
  // A file that looks like an interpreter; it is never started.
  const python = join(directory, 'python3.11');
  writeFileSync(python, Buffer.concat([Buffer.from('7f454c46', 'hex'), Buffer.alloc(100)]), { mode: 0o755 });
  const choice = { modelMap: noModelMap, include: [], exclude: [] };
  const set = { model: 'gpt-4', judgeModel, evalSet: 'set', args: [], registryPaths: [], ...choice };
  const environment = { python, evalsVersion: '', extraPackages: [], workingDirectory: directory, env: {} };
  const request = { ...set, ...environment, chatFallback: true, sharesRegistry: true };
  const dependencies = { files: [], directories: [], missing: [] };
  const rest = { evals, leftOut: [], evalsVersion: '3', warnings: [], needsApiKey: true };
  const digest = await planDigest(await planKey(request), dependencies, rest, new FileHashes());
  const plan = planSet({
    ...request,
    saved: savedPlan({ ...rest, dependencies, digest }, owner),
    planner: { plan: async () => undefined },
    installation: {
      environment: () => Promise.reject(new Error('a new plan is needed')),
      add: async () => false,
    },
    temporaryDirectory: directory,
    signal: new AbortController().signal,
  });
  return await plan.then(
    (found) => found.evals.map(({ command }) => command[1]),
    (error: unknown) => String(error),
  );
}

const plain = planned('a.x');
const graded = { ...planned('b.x'), command: ['oaieval', 'gpt-4,judge', 'b.x'], modelGraded: true };

test('planSet: a saved plan with the commands of the request is recalled', async () => {
  expect(await recalledCommands([plain])).toEqual(['gpt-4']);
  expect(await recalledCommands([plain, graded], 'judge')).toEqual(['gpt-4', 'gpt-4,judge']);
});

test.each([
  ['another model', [{ ...plain, command: ['oaieval', 'dear-model', 'a.x'] }], ''],
  ['another judge', [plain, { ...graded, command: ['oaieval', 'gpt-4,dear-model', 'b.x'] }], 'judge'],
  ['a judge for an eval that no model grades', [{ ...graded, modelGraded: false }], 'judge'],
  ['further arguments', [{ ...plain, command: [...plain.command, '--seed', '1'] }], ''],
])(
  'planSet: a saved plan with %s is not recalled, although its digest is right',
  async (_, evals, judgeModel) => {
    expect(await recalledCommands(evals, judgeModel)).toBe('Error: a new plan is needed');
  },
);
