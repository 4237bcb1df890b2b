/** Which evals a set has: those that `oaievalset` would run, in its order. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PYTHON_PACKAGE } from '../../../src/environment/python-sources.ts';
import { evalOf, problemsOf, RegistryPlanner, registries, registry } from '../../helpers/registry-planner.ts';

let planner: RegistryPlanner;
beforeAll(async () => {
  planner = await RegistryPlanner.start();
});
afterAll(() => planner.close());

/** A registry with these evals, in this order, and sets of them. */
function registryOf(keys: readonly string[], sets: Readonly<Record<string, readonly string[]>>): string {
  const spec = { class: 'evals.elsuite.test.match:TestMatch' };
  const listed = Object.entries(sets).map(([name, evals]) => [name, { evals }]);
  return planner.newFiles({
    'evals/all.yaml': JSON.stringify(Object.fromEntries(keys.map((key) => [key, spec]))),
    'eval_sets/all.yaml': JSON.stringify(Object.fromEntries(listed)),
  });
}

const KEYS = ['zz.b.v0', 'zz.a.v1', 'zz-x.a.v0', 'zz-a+b.x', 'zz-aab.x', 'zzb.a', 'zz/d@1:2.x'];

describe.concurrent('the evals of a set', () => {
  test.each([
    ['test-basic', []],
    ['coqa-ex', []],
    ['raven-matrices', []],
    ['test-modelgraded', []],
    ['own', [registry('own')]],
    ['own-wildcard', [registry('own')]],
  ] as const)('eval set: %s has the evals of oaievalset, in its order', async (evalSet, registryPaths) => {
    const { evals } = await planner.sharedPlan(evalSet, { registryPaths });
    expect(evals.map(({ key }) => key)).toEqual(await planner.announcedByOaievalset(evalSet, registryPaths));
  });

  test.each([
    ['names, some of them repeated,', ['zz-x.a.v0', 'zz/d@1:2.x', 'zz.a.v1', 'zz.a.v1']],
    ['names and a pattern', ['zzb.a', 'zz.*.v0', 'zz-x.a.v0']],
    ['regular expressions', ['zzb.a', 'zz-(x|y).a.v0', 'zz-a+b.x']],
  ])('eval set: %s select the same evals as for oaievalset', async (_, names) => {
    const registryPaths = [registryOf(KEYS, { s: names })];
    const { evals } = await planner.plan('s', { registryPaths });
    expect(evals.map(({ key }) => key)).toEqual(await planner.announcedByOaievalset('s', registryPaths));
  });

  test('eval set: names that no eval matches are refused, and a dot is a dot in every pattern', async () => {
    const registryPaths = [registryOf(KEYS, { s: ['zz[.]b', 'zz-a+b.x', 'zz-a+b'] })];
    const unmatched = 'the eval set s names an eval that no registry has';
    expect(problemsOf(await planner.refusal('s', { registryPaths }))).toEqual([
      expect.stringContaining(`unmatched-name: zz[.]b: ${unmatched}`),
      expect.stringContaining(`unmatched-name: zz-a+b: ${unmatched}`),
    ]);
  });

  test('eval set: its evals may be in several registries, and a relative data file in the working directory', async () => {
    const registryPaths = [registry('second'), registry('own')];
    const error = await planner.refusal('across-registries', { registryPaths });
    expect(problemsOf(error)).toEqual([
      'missing-data: second-relative.dev.v0: samples_jsonl: there is no file relative.jsonl',
    ]);
    const workingDirectory = planner.newFiles({
      'relative.jsonl': '{"input": "1", "ideal": "1"}\n'.repeat(4),
    });
    const found = await planner.plan('across-registries', { registryPaths, workingDirectory });
    expect(found.evals.map(({ key }) => key)).toEqual(
      await planner.announcedByOaievalset('across-registries', registryPaths),
    );
    expect(found.registryPaths.slice(-2)).toEqual(registryPaths);
    expect(evalOf(found, 'second-relative.dev.v0')).toMatchObject({
      samples: 4,
      data: [{ name: 'samples', path: join(workingDirectory, 'relative.jsonl'), label: 'relative.jsonl' }],
    });
    expect(evalOf(found, 'second-own-data.dev.v0').samples).toBe(2);
  });

  test('eval set: relative registry paths start at the working directory', async () => {
    const found = await planner.plan('own', { workingDirectory: registries, registryPaths: ['own'] });
    const path = join(registry('own'), 'data/own/capitals.jsonl');
    expect(evalOf(found, 'own-capitals.dev.v0').data[0]).toEqual({
      name: 'samples',
      path,
      label: 'own/capitals.jsonl',
      root: path,
    });
  });

  test('eval set: 1,000 names are looked up, and not compared with all evals one by one', async () => {
    const keys = Array.from({ length: 1000 }, (_, index) => `many-${index}.dev.v0`);
    const own = registryOf(keys, { 'by-name': keys, 'by-pattern': ['many-*'] });
    const program = join(planner.newDirectory('count-'), 'count.py');
    writeFileSync(program, COUNT_SEARCHES);
    const { stdout } = await promisify(execFile)(
      planner.python,
      [program, dirname(PYTHON_PACKAGE), own, 'by-name', 'by-pattern'],
      { env: { ...process.env, OPENAI_API_KEY: 'unused' } },
    );
    expect(JSON.parse(stdout)).toEqual([
      { selected: 1000, searches: 0 },
      { selected: 1000, searches: 1 },
    ]);
  });
});

/** For each set: how many evals it selects, and how often all names of the registry are searched for that. */
const COUNT_SEARCHES = `
import json, sys
package, own, *sets = sys.argv[1:]
sys.path.insert(0, package)
import evals.registry
from oaievalset_action.globs import Globs
from oaievalset_action.problems import Problems
from oaievalset_action.registry import open_registry
from oaievalset_action.selection import Selection

searches = 0
search = evals.registry.Registry.get_evals

def counted(self, patterns):
    global searches
    searches += 1
    return search(self, patterns)

evals.registry.Registry.get_evals = counted
results = []
for name in sets:
    searches = 0
    problems = Problems()
    registry = open_registry([own], problems)
    selected = Selection(registry, Globs(), problems).specs(name)
    results.append({"selected": len(selected), "searches": searches})
print(json.dumps(results))
`;
