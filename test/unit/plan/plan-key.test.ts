import { realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { noModelMap } from '../../../src/model/model-map.ts';
import { planKey } from '../../../src/plan/plan-key.ts';
import { temporaryDirectory } from '../../helpers/builders.ts';

/** A file that looks like an interpreter; it is never started. */
function fakeInterpreter(): string {
  const path = join(realpathSync(temporaryDirectory()), 'python3.11');
  writeFileSync(path, Buffer.concat([Buffer.from('7f454c46', 'hex'), Buffer.alloc(100)]), { mode: 0o755 });
  return path;
}

const request = (python: string, env: NodeJS.ProcessEnv = {}) => ({
  model: 'dummy',
  modelMap: noModelMap,
  judgeModel: '',
  evalSet: 'set',
  include: [] as string[],
  exclude: [] as string[],
  args: [],
  registryPaths: [],
  chatFallback: true,
  sharesRegistry: true,
  python,
  evalsVersion: '',
  extraPackages: ['# of the project', 'datasets==3.6.0', 'pillow >= 10'],
  workingDirectory: import.meta.dirname,
  env,
});

test('planKey: contains no credentials of a base URL, and differs for another server or port', async () => {
  const python = fakeInterpreter();
  const keyWith = async (url: string) =>
    JSON.stringify(await planKey(request(python, { OPENAI_BASE_URL: url })));
  const key = await keyWith('https://someone:hunter2@api.example/v1');
  expect(key).toContain('https://api.example/v1');
  expect(key).not.toMatch(/someone|hunter2/);
  expect(key).toBe(await keyWith('https://api.example/v1'));
  expect(key).not.toBe(await keyWith('https://api.example:8443/v1'));
});

test('planKey: contains the model map only when there is one', async () => {
  const usual = request(fakeInterpreter());
  expect(await planKey(usual)).not.toHaveProperty('modelMap');
  const modelMap = new Map([['old', 'live']]);
  expect(await planKey({ ...usual, modelMap })).toMatchObject({ modelMap: [['old', 'live']] });
});

test('planKey: identifies an interpreter, and is undefined for a shim', async () => {
  const python = fakeInterpreter();
  expect(await planKey(request(python))).toMatchObject({ environment: { python: [python, python, 104] } });
  const shim = join(realpathSync(temporaryDirectory()), 'python3');
  writeFileSync(shim, '#!/bin/sh\nexec pyenv exec python "$@"\n', { mode: 0o755 });
  expect(await planKey(request(shim))).toBeUndefined();
});

test('planKey: without a judge it is the key of earlier versions, and with one it is another', async () => {
  const usual = request(fakeInterpreter());
  const keyWith = (judgeModel: string) => planKey({ ...usual, judgeModel });
  expect(await keyWith('')).not.toHaveProperty('judgeModel');
  expect(await keyWith('one')).not.toEqual(await keyWith('another'));
});

test.each(['./pkg', 'own @ git+https://example.com/own.git'])(
  'planKey: is undefined with the extra package %s, which is installed again in every run',
  async (requirement) => {
    const usual = request(fakeInterpreter());
    const extraPackages = [...usual.extraPackages, requirement];
    expect(await planKey({ ...usual, extraPackages })).toBeUndefined();
  },
);

test('planKey: without include and exclude it is as it was before there were such inputs, and with them another one', async () => {
  const usual = request(fakeInterpreter());
  const key = await planKey(usual);
  expect(Object.keys(key as object)).toEqual([
    ...['format', 'planner', 'environment', 'request', 'workingDirectory', 'variables'],
  ]);
  const globs = [{ include: ['a'] }, { exclude: ['a'] }, { exclude: ['b'] }];
  const others = await Promise.all(globs.map((each) => planKey({ ...usual, ...each })));
  expect(new Set([key, ...others].map((each) => JSON.stringify(each))).size).toBe(4);
});
