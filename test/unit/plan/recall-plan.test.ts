/** A saved plan is recalled if and only if a plan that is made now would be the same. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, realpathSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  NO_DEPENDENCIES,
  type Plan,
  type PlanDependencies,
  type SavedPlan,
} from '../../../src/model/plan.ts';
import { planDigest } from '../../../src/plan/dependencies.ts';
import { FileHashes } from '../../../src/plan/file-hashes.ts';
import { recallPlan } from '../../../src/plan/make-plan.ts';
import { parseSavedPlan, savedPlan } from '../../../src/progress/saved-plan.ts';
import { owner, planned, temporaryDirectory } from '../../helpers/builders.ts';

const KEY = { planned: 'this' };
const PLANNED = [planned('a.dev.v0'), planned('b.dev.v0')];

async function planOf(
  dependencies: PlanDependencies,
  evals = PLANNED,
  leftOut: string[] = [],
): Promise<Plan> {
  const rest = { evals, leftOut, evalsVersion: '3', warnings: [], needsApiKey: true };
  return { ...rest, dependencies, digest: await planDigest(KEY, dependencies, rest, new FileHashes()) };
}

/** The plan that is recalled from the text of this saved plan. */
function recalled(saved: SavedPlan): Promise<Plan | undefined> {
  const parsed = parseSavedPlan(JSON.stringify(saved));
  return recallPlan('reason' in parsed ? undefined : parsed, KEY, new FileHashes());
}

/** One dependency of each kind. */
function dependenciesIn(directory: string): PlanDependencies {
  writeFileSync(join(directory, 'file'), 'content');
  mkdirSync(join(directory, 'folder'));
  return {
    files: [join(directory, 'file')],
    directories: [join(directory, 'folder')],
    missing: [join(directory, 'missing')],
  };
}

describe('recall: a saved plan that was changed is not recalled', () => {
  test.each<[string, (saved: SavedPlan) => object]>([
    ['has no evals', () => ({ evals: [] })],
    ['has an eval less', ({ evals }) => ({ evals: evals.slice(1) })],
    ['has its evals in another order', ({ evals }) => ({ evals: evals.toReversed() })],
    [
      'has another fingerprint',
      ({ evals }) => ({
        evals: evals.map((each) => ({
          ...each,
          fingerprint: { ...each.fingerprint, value: '0'.repeat(64) },
        })),
      }),
    ],
    [
      'has another command',
      ({ evals }) => ({ evals: evals.map((e) => ({ ...e, command: [...e.command, 'x'] })) }),
    ],
    ['has other samples', ({ evals }) => ({ evals: evals.map((each) => ({ ...each, samples: 1 })) })],
    ['has other metrics', ({ evals }) => ({ evals: evals.map((each) => ({ ...each, metrics: ['x'] })) })],
    ['needs no API key', ({ made }) => ({ made: { ...made, needsApiKey: false } })],
    ['has another version of evals', ({ made }) => ({ made: { ...made, evalsVersion: '4' } })],
    ['leaves out an eval', () => ({ leftOut: ['c.dev.v0'] })],
    ['has a dependency less', ({ made }) => ({ made: { ...made, basis: { ...made.basis, absent: [] } } })],
  ])('recall: a saved plan that %s is not recalled', async (_, change) => {
    const plan = await planOf(dependenciesIn(realpathSync(temporaryDirectory())));
    const saved = savedPlan(plan, owner);
    expect(await recalled(saved)).toEqual(plan);
    expect(await recalled({ ...saved, ...change(saved) })).toBeUndefined();
  });

  test('recall: a plan that leaves out evals is recalled with them', async () => {
    const plan = await planOf(NO_DEPENDENCIES, PLANNED, ['c.dev.v0', 'd.dev.v0']);
    const saved = savedPlan(plan, owner);
    expect(await recalled(saved)).toEqual(plan);
    expect(await recalled({ ...saved, leftOut: ['c.dev.v0'] })).toBeUndefined();
    expect(await recalled({ ...saved, leftOut: undefined })).toBeUndefined();
  });

  test('recall: a plan of a whole set has the digest that it had before include and exclude', async () => {
    const { digest } = await planOf(NO_DEPENDENCIES, PLANNED.slice(0, 1));
    expect(digest).toBe('30bf27d4e6a8609dc1694c687e5ea89869afef2e54b39454f7acc85f8c451f5c');
  });

  test('recall: a plan without a digest, or without a plan key, is not recalled', async () => {
    const plan = await planOf(NO_DEPENDENCIES);
    expect(await recalled(savedPlan(plan, owner))).toEqual(plan);
    expect(await recallPlan(savedPlan(plan, owner), undefined, new FileHashes())).toBeUndefined();
    expect(await recalled(savedPlan({ ...plan, digest: undefined }, owner))).toBeUndefined();
  });
});

test.each(['files', 'directories', 'missing'])(
  'recall: a plan that depends on %s of the kernel has no digest',
  async (kind) => {
    expect((await planOf({ ...NO_DEPENDENCIES, [kind]: ['/proc/self/environ'] })).digest).toBeUndefined();
  },
);

describe('recall: many dependencies', () => {
  /** How often the event loop turned while the dependencies were checked. */
  async function turnsDuring(
    basis: PlanDependencies,
    cancelled?: AbortSignal,
  ): Promise<[turns: number, known: boolean]> {
    let turns = 0;
    let over = false;
    const turn = (): void => {
      turns += 1;
      if (!over) setImmediate(turn);
    };
    setImmediate(turn);
    const plan = await planOf(NO_DEPENDENCIES);
    const digest = await planDigest(KEY, basis, plan, new FileHashes(), cancelled);
    over = true;
    return [turns, digest !== undefined];
  }

  const missing = Array.from({ length: 900 }, (_, index) => `/nowhere/${index}`);
  const installed = readdirSync(join(import.meta.dirname, '../../../node_modules'), {
    recursive: true,
    withFileTypes: true,
  });
  const pathsOf = (entries: typeof installed) =>
    entries.map((entry) => join(entry.parentPath, entry.name)).slice(0, 3000);

  test.each([
    ['missing paths', { ...NO_DEPENDENCIES, missing }],
    ['directories', { ...NO_DEPENDENCIES, directories: pathsOf(installed.filter((it) => it.isDirectory())) }],
    ['files', { ...NO_DEPENDENCIES, files: pathsOf(installed.filter((it) => it.isFile())) }],
  ])('recall: checking many %s does not block signals', async (_, dependencies) => {
    const [turns, known] = await turnsDuring(dependencies);
    expect(known).toBe(true);
    expect(turns).toBeGreaterThan(1);
  });

  test('recall: checking many dependencies stops when the job is cancelled', async () => {
    const cancelled = new AbortController();
    setImmediate(() => cancelled.abort());
    expect((await turnsDuring({ ...NO_DEPENDENCIES, missing }, cancelled.signal))[1]).toBe(false);
  });
});

describe('recall: directories that cannot be listed', () => {
  test.each([
    ['is a pipe', (path: string) => execFileSync('mkfifo', [path])],
    ['is a link to itself', (path: string) => symlinkSync(path, path)],
    ['does not exist', () => {}],
  ])('recall: a plan with a directory that %s has no digest', async (_, make) => {
    const path = join(realpathSync(temporaryDirectory()), 'x');
    make(path);
    expect((await planOf({ ...NO_DEPENDENCIES, directories: [path] })).digest).toBeUndefined();
  });
});

describe('recall: files that are not read', () => {
  test('recall: a link to a file of the kernel is not read', async () => {
    const link = join(realpathSync(temporaryDirectory()), 'link');
    symlinkSync('/proc/self/status', link);
    await expect(new FileHashes().read([link])).rejects.toThrow(/not a regular file/);
    expect((await planOf({ ...NO_DEPENDENCIES, files: [link] })).digest).toBeUndefined();
  });

  test('recall: a pipe does not block', async () => {
    const pipe = join(realpathSync(temporaryDirectory()), 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect((await planOf({ ...NO_DEPENDENCIES, files: [pipe] })).digest).toBeUndefined();
  });

  test('recall: files of more than 16 GiB in total are not read', async () => {
    const directory = realpathSync(temporaryDirectory());
    const files = ['a', 'b', 'c'].map((name) => {
      const path = join(directory, name);
      writeFileSync(path, '');
      truncateSync(path, 6 * 1024 ** 3);
      return path;
    });
    expect((await planOf({ ...NO_DEPENDENCIES, files })).digest).toBeUndefined();
  });
});

test('recall: a plan that was saved without its dependencies is not recalled', async () => {
  const missing = Array.from({ length: 900 }, (_, index) => `/${index}/${'x'.repeat(40_000)}`);
  const plan = { ...(await planOf(NO_DEPENDENCIES)), dependencies: { ...NO_DEPENDENCIES, missing } };
  expect(await recalled(savedPlan(plan, owner))).toBeUndefined();
});
