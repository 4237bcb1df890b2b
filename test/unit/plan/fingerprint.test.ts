/** A change of the action reruns nothing: without new inputs, fingerprints and digests have the values that they always had. */
import { expect, test } from 'vitest';
import { type ModelMap, noModelMap } from '../../../src/model/model-map.ts';
import { planDigest } from '../../../src/plan/dependencies.ts';
import { earlierFingerprints } from '../../../src/plan/earlier-fingerprint.ts';
import { FileHashes } from '../../../src/plan/file-hashes.ts';
import { contents } from '../../../src/plan/fingerprint.ts';
import type { RegistryPlan } from '../../../src/plan/registry-plan.ts';
import { planned } from '../../helpers/builders.ts';

const noCode = { sources: [], packages: [], code: null, mayWrite: false, data: [], remote: [] };

const registry: RegistryPlan = {
  pythonVersion: '3.11.7',
  evalsVersion: '3.0.1',
  evalsRevision: '',
  evalsLocation: '/e',
  registryPaths: [],
  arguments: { maxSamples: null, seed: 20220722, extraEvalParams: {}, completionArgs: {} },
  completionFns: [
    {
      ...noCode,
      name: 'gpt-4',
      kind: 'openai-chat',
      api: null,
      needsApiKey: true,
      spec: null,
      near: [],
      references: [],
    },
  ],
  evals: [
    {
      ...noCode,
      key: 'a.dev.v0',
      base: 'a',
      spec: { cls: 'c:C', args: {} },
      metrics: [],
      higherIsBetter: true,
      modelGraded: false,
      modelgraded: [],
      solvers: [],
      solverData: [],
      demand: null,
      samples: 3,
    },
  ],
  judge: null,
  leftOut: [],
  missingImports: [],
  code: [],
  dependencies: { files: [], directories: [], missing: [] },
  problems: [],
  warnings: [],
};

const contextWith = (modelMap: ModelMap) => ({
  registry,
  model: 'gpt-4',
  modelMap,
  env: {},
  hashes: new FileHashes(),
});

async function fingerprintWith(...lines: [string, string][]) {
  const [content] = await contents(contextWith(new Map(lines)));
  return content?.fingerprint ?? { value: '', parts: {} };
}

test('fingerprint: without a model map it is what it always was', async () => {
  const { value, parts } = await fingerprintWith();
  expect(value).toBe('cacccce5186acc16e13a11f43b87e0d0348e5129644e3a8660390753153f7a2b');
  expect(Object.keys(parts)).not.toContain('model map');
});

test('fingerprint: the model map is a part, in whatever order its lines are written', async () => {
  const [ab, ba, other] = [
    await fingerprintWith(['a', 'x'], ['b', 'y']),
    await fingerprintWith(['b', 'y'], ['a', 'x']),
    await fingerprintWith(['a', 'x'], ['b', 'z']),
  ];
  expect(ab).toEqual(ba);
  expect(ab.parts['model map']).toMatch(/^[0-9a-f]{64}$/);
  expect(other.parts['model map']).not.toBe(ab.parts['model map']);
});

test('earlier fingerprints: there are none with a model map, because version 0.1 had none', () => {
  expect(earlierFingerprints(contextWith(noModelMap)).map((forms) => forms.length)).toEqual([1]);
  expect(earlierFingerprints(contextWith(new Map([['a', 'b']])))).toEqual([[]]);
});

test('plan digest: without a model map it is what it always was; the map of an eval is part of it', async () => {
  const parts = await fingerprintWith();
  const before = { ...planned('a.dev.v0'), metrics: [], fingerprint: parts };
  const digestOf = (modelMap: Record<string, string> | undefined) =>
    planDigest(
      'key',
      { files: [], directories: [], missing: [] },
      { evals: [{ ...before, modelMap }], leftOut: [], evalsVersion: '3', needsApiKey: true, warnings: [] },
      new FileHashes(),
    );
  const none = await digestOf(undefined);
  expect(none).toBe('d9faf407b6c41ddb01f7220d825f9989fe8eaf081b6c3891feb0013d1129ec37');
  const some = await digestOf({ a: 'x' });
  expect([some === none, some === (await digestOf({ a: 'y' }))]).toEqual([false, false]);
});
