/** Everything that is wrong with an eval set is named at once. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemsOf, RegistryPlanner, registries, registry } from '../../helpers/registry-planner.ts';

let planner: RegistryPlanner;
beforeAll(async () => {
  planner = await RegistryPlanner.start();
});
afterAll(() => planner.close());

describe.concurrent('problems of a set', () => {
  test('plan problems: an unknown set, with names that look like it', async () => {
    const error = await planner.refusal('test-basik');
    expect(error.code).toBe('PLAN_INVALID');
    expect(error.message).toBe(
      'The eval set test-basik cannot run. A problem was found:\n- unknown-set: test-basik: no registry has an eval set of this name (did you mean test-basic?)',
    );
    expect(error.next).toContain('registry-path');
  });

  test('plan problems: an eval where a set is needed', async () => {
    expect(problemsOf(await planner.refusal('test-match'))).toEqual([
      expect.stringMatching(
        /^eval-as-set: test-match: it is an eval, not an eval set; to run it alone, write /,
      ),
    ]);
  });

  test('plan problems: a set without evals', async () => {
    expect(problemsOf(await planner.refusal('own-empty', { registryPaths: [registry('own')] }))).toEqual([
      'empty-set: own-empty: the eval set lists no evals',
    ]);
  });

  test('plan problems: all that is wrong with a set is named at once', async () => {
    const absent = join(registries, 'absent');
    const error = await planner.refusal('broken', { registryPaths: [registry('broken'), absent] });
    expect(problemsOf(error).toSorted()).toEqual([
      'bad-eval-name: broken-name-without-split: the name of an eval needs a split after a dot, as in my-eval.dev.v0, and must have no control characters or repeated blanks',
      expect.stringMatching(/^bad-registry: broken-spec\.dev\.v0: in \S+, the eval has no class/),
      expect.stringMatching(
        /^class-error: broken-quits\.dev\.v0: .*quits\.py, line 3: its module ends the process/,
      ),
      'lfs-pointer: broken-pointer.dev.v0: samples_jsonl: broken/pointer.jsonl is a Git LFS pointer, not the data itself',
      'missing-data: broken-foreign.dev.v0: samples_jsonl: there is no file coqa/match.jsonl',
      'missing-data: broken-missing.dev.v0: samples_jsonl: there is no file broken/pointr.jsonl (did you mean broken/pointer.jsonl?)',
      'missing-modelgraded: broken-modelgraded.dev.v0: no registry has the modelgraded spec fakt (did you mean fact?)',
      'missing-package: broken-import.dev.v0: there is no module no_such_module',
      `missing-registry-path: ${absent}: there is no directory ${absent}`,
      'unknown-class: broken-attribute.dev.v0: the module evals.elsuite.basic.match has no class Macth (did you mean evals.elsuite.basic.match:Match?)',
      'unmatched-name: test-inclueds: the eval set broken names an eval that no registry has (did you mean test-includes?)',
      expect.stringMatching(/^unreadable-data: broken-damaged\.dev\.v0: damaged\.jsonl\.gz: /),
    ]);
    expect(error.next).toContain('git lfs pull');
    expect(error.next).toContain('lfs: true');
  });

  test('plan problems: an invisible character in the name of an eval is shown as its code', async () => {
    const name = 'fruit\u0007\u202e.dev.v0';
    const registryPath = planner.newFiles({
      'eval_sets/s.yaml': 's: { evals: ["fruit*"] }\n',
      'evals/e.yaml': `"fruit\\x07\\u202E.dev.v0": { class: "evals.elsuite.test.match:TestMatch" }\n`,
    });
    const [problem] = problemsOf(await planner.refusal('s', { registryPaths: [registryPath] }));
    expect(problem).toContain('bad-eval-name: fruit\\u0007\\u202e.dev.v0: ');
    expect(problem).not.toContain(name);
  });

  test('plan problems: an entry that another registry has already', async () => {
    const twice = await planner.refusal('test-basic', { registryPaths: [registry('duplicate')] });
    expect(problemsOf(twice)).toEqual([
      expect.stringMatching(
        /^duplicate-entry: test-match: \S+again\.yaml registers it again, but it is already in evals' own test-basic\.yaml, and 1 more of this file$/,
      ),
    ]);
  });

  test('plan problems: a registry that is named twice', async () => {
    const named = await planner.refusal('own', { registryPaths: [registry('own'), registry('own')] });
    expect(problemsOf(named).map((line) => line.split(': ').slice(0, 2))).toEqual([
      ['duplicate-entry', 'own'],
      ['duplicate-entry', 'own-capitals'],
      ['duplicate-entry', 'own-tone'],
    ]);
  });

  test('plan problems: aliases that lead nowhere, or in a circle', async () => {
    const error = await planner.refusal('aliases', { registryPaths: [registry('aliases')] });
    expect(problemsOf(error)).toEqual([
      'bad-registry: alias-loop: each id names the next, in a circle: alias-loop -> alias-loop-back -> alias-loop',
      "bad-registry: alias-nowhere: 'alias-nowhere' is an alias of 'alias-target.dev.v1', which the registry does not have (did you mean alias-target.dev.v0?)",
    ]);
  });

  test('plan problems: files that are not registry files', async () => {
    const error = await planner.refusal('test-basic', { registryPaths: [registry('malformed')] });
    expect(problemsOf(error).toSorted()).toEqual([
      expect.stringMatching(/^bad-registry: \S+a\.yaml: line 3, column 1: expected /),
      expect.stringMatching(
        /^bad-registry: \S+b\.yaml: key is a reserved keyword, but was used in reserved from/,
      ),
      expect.stringMatching(
        /^bad-registry: \S+b\.yaml: the entry 'listed' of eval_sets is a list, but must be a mapping$/,
      ),
      expect.stringMatching(/^bad-registry: \S+numbers\.yaml: the name 2024 is not text; put it in quotes$/),
    ]);
  });
});
