/** plan.json may have been written by others: what it makes of a plan is what a plan made now would be, or nothing. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Plan } from '../../../src/model/plan.ts';
import { NO_DEPENDENCIES, type PlanDependencies, type SavedPlan } from '../../../src/model/plan.ts';
import { planDigest } from '../../../src/plan/dependencies.ts';
import { FileHashes } from '../../../src/plan/file-hashes.ts';
import { recallPlan } from '../../../src/plan/make-plan.ts';
import { statePaths } from '../../../src/progress/paths.ts';
import { parseSavedPlan, readSavedPlan, savedPlan } from '../../../src/progress/saved-plan.ts';
import { owner, planned, temporaryDirectory } from '../../helpers/builders.ts';

const SUBJECT = { asked: 'this' };

async function planOf(
  dependencies: PlanDependencies,
  evals = [planned('a.dev.v0'), planned('b.dev.v0')],
): Promise<Plan> {
  const answer = { evals, evalsVersion: '3', warnings: [], needsApiKey: true };
  return {
    ...answer,
    dependencies,
    digest: await planDigest(SUBJECT, dependencies, answer, new FileHashes()),
  };
}

/** What becomes of a plan that lay in a file. */
function recalled(saved: SavedPlan): Promise<Plan | undefined> {
  const parsed = parseSavedPlan(JSON.stringify(saved));
  return recallPlan('reason' in parsed ? undefined : parsed, SUBJECT, new FileHashes());
}

/** One of everything that a plan is made from. */
function dependenciesIn(directory: string): PlanDependencies {
  writeFileSync(join(directory, 'file'), 'content');
  mkdirSync(join(directory, 'folder'));
  return {
    files: [join(directory, 'file')],
    directories: [join(directory, 'folder')],
    missing: [join(directory, 'absent')],
  };
}

describe('a saved plan that was changed is not recalled', () => {
  test.each<[string, (saved: SavedPlan) => object]>([
    ['has no evals any more', () => ({ evals: [] })],
    ['lacks an eval', ({ evals }) => ({ evals: evals.slice(1) })],
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
    ['needs no key', ({ made }) => ({ made: { ...made, needsApiKey: false } })],
    ['is of another evals', ({ made }) => ({ made: { ...made, evalsVersion: '4' } })],
    ['was made from less', ({ made }) => ({ made: { ...made, basis: { ...made.basis, absent: [] } } })],
  ])('when it %s', async (_, change) => {
    const plan = await planOf(dependenciesIn(realpathSync(temporaryDirectory())));
    const saved = savedPlan(plan, owner);
    expect(await recalled(saved)).toEqual(plan);
    expect(await recalled({ ...saved, ...change(saved) })).toBeUndefined();
  });

  test('when nobody knows what was asked', async () => {
    const plan = await planOf(NO_DEPENDENCIES);
    expect(await recalled(savedPlan(plan, owner))).toEqual(plan);
    expect(await recallPlan(savedPlan(plan, owner), undefined, new FileHashes())).toBeUndefined();
    expect(await recalled(savedPlan({ ...plan, digest: undefined }, owner))).toBeUndefined();
  });
});

describe('a basis of no ordinary paths', () => {
  test.each([
    ['of the kernel', '/proc/self/environ'],
    ['that leads to the kernel', '/tmp/../proc/self/environ'],
    ['of a device', '/dev/zero'],
    ['of the devices', '/sys'],
    ['that is relative', 'src'],
    ['in another form', '/tmp//file'],
    ['in yet another form', '/tmp/'],
    ['with a zero', '/tmp/\0'],
  ])('is refused: a path %s', async (_, path) => {
    for (const kind of ['files', 'directories', 'missing']) {
      const dependencies = { ...NO_DEPENDENCIES, [kind]: [path] };
      expect(
        parseSavedPlan(
          JSON.stringify(savedPlan({ ...(await planOf(NO_DEPENDENCIES)), dependencies }, owner)),
        ),
      ).toEqual({
        reason: `made.basis.${kind === 'missing' ? 'absent' : kind}: contains a path that a plan cannot have`,
      });
      // A plan that was really made from such a place is made again each time.
      expect((await planOf(dependencies)).digest).toBeUndefined();
    }
  });

  test('is refused: a path that is there twice', async () => {
    const dependencies = { ...NO_DEPENDENCIES, files: ['/tmp/a', '/tmp/b', '/tmp/a'] };
    expect(
      parseSavedPlan(JSON.stringify(savedPlan({ ...(await planOf(NO_DEPENDENCIES)), dependencies }, owner))),
    ).toHaveProperty('reason');
  });
});

describe('a basis of very many paths', () => {
  /** How often this process could do something else while it looked at the paths. */
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
    const digest = await planDigest({ asked: 'x' }, basis, plan, new FileHashes(), cancelled);
    over = true;
    return [turns, digest !== undefined];
  }

  const manyIn = (root: string) => Array.from({ length: 5000 }, (_, index) => join(root, String(index)));

  test.each(['missing', 'directories', 'files'] as const)('of %s lets signals through', async (kind) => {
    const many = manyIn(realpathSync(temporaryDirectory()));
    if (kind === 'files') for (const path of many) writeFileSync(path, '');
    if (kind === 'directories') for (const path of many) mkdirSync(path);
    const [turns, known] = await turnsDuring({ ...NO_DEPENDENCIES, [kind]: many });
    expect(known).toBe(true);
    expect(turns).toBeGreaterThan(3);
  });

  test('is given up when the job is cancelled', async () => {
    const cancelled = new AbortController();
    setImmediate(() => cancelled.abort());
    expect(
      (await turnsDuring({ ...NO_DEPENDENCIES, missing: manyIn('/nowhere') }, cancelled.signal))[1],
    ).toBe(false);
  });
});

describe('a directory of a basis', () => {
  test.each([
    ['that is a pipe', (path: string) => execFileSync('mkfifo', [path])],
    ['that leads to itself', (path: string) => symlinkSync(path, path)],
    ['that is gone', () => {}],
  ])('%s: no plan is recalled', async (_, make) => {
    const path = join(realpathSync(temporaryDirectory()), 'x');
    make(path);
    expect((await planOf({ ...NO_DEPENDENCIES, directories: [path] })).digest).toBeUndefined();
  });
});

test('what an eval may write is no path of the kernel', async () => {
  const plan = savedPlan(await planOf(NO_DEPENDENCIES), owner);
  const writable = [{ argument: 'out', path: '/proc/self/mem' }];
  const evals = [{ ...planned('a.dev.v0'), writable }];
  expect(parseSavedPlan(JSON.stringify({ ...plan, evals }))).toHaveProperty('reason');
});

test('a plan of version 0.1 is read', async () => {
  const { evals, made, ...plan } = savedPlan(await planOf(NO_DEPENDENCIES), owner);
  const { warnings: _, ...before } = made;
  const old = evals.map(({ earlier: __, writable: ___, ...each }) => each);
  expect(parseSavedPlan(JSON.stringify({ ...plan, made: before, evals: old }))).toEqual({
    ...plan,
    made,
    evals,
  });
});

describe('a file of a basis', () => {
  test('is not read when it is one of the kernel, by whatever name', async () => {
    const link = join(realpathSync(temporaryDirectory()), 'link');
    symlinkSync('/proc/self/status', link);
    await expect(new FileHashes().read([link])).rejects.toThrow(/not a regular file/);
    expect((await planOf({ ...NO_DEPENDENCIES, files: [link] })).digest).toBeUndefined();
  });

  test('is not waited for when it is a pipe', async () => {
    const pipe = join(realpathSync(temporaryDirectory()), 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect((await planOf({ ...NO_DEPENDENCIES, files: [pipe] })).digest).toBeUndefined();
  });

  test('is not read when all of them are more than a plan is worth', async () => {
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

describe('a saved plan of another shape', () => {
  test.each<[string, (saved: SavedPlan) => object]>([
    ['version', () => ({ version: 2 })],
    ['signature', () => ({ signature: 'x' })],
    ['owner.repository', () => ({ owner: { ...owner, repository: 1 } })],
    ['made.needsApiKey', ({ made }) => ({ made: { ...made, needsApiKey: 'yes' } })],
    ['evals', () => ({ evals: {} })],
    ['evals.0.key', () => ({ evals: [{ ...planned('a.dev.v0'), key: '' }] })],
    ['evals.0.command', () => ({ evals: [{ ...planned('a.dev.v0'), command: ['oaieval', 'gpt-4'] }] })],
    ['evals.0.samples', () => ({ evals: [{ ...planned('a.dev.v0'), samples: -1 }] })],
    ['evals.0.samples', () => ({ evals: [{ ...planned('a.dev.v0'), samples: 'many' }] })],
    [
      'evals.0.fingerprint.value',
      () => ({ evals: [{ ...planned('a.dev.v0'), fingerprint: { value: 'x', parts: {} } }] }),
    ],
  ])('is none: %s', async (where, change) => {
    const saved = savedPlan(await planOf(NO_DEPENDENCIES), owner);
    expect(parseSavedPlan(JSON.stringify({ ...saved, ...change(saved) }))).toEqual({
      reason: expect.stringMatching(new RegExp(`^${where}: `)),
    });
  });

  test.each(['null', '[]', '1', '"x"'])('is none: %s', (text) => {
    expect(parseSavedPlan(text)).toEqual({ reason: expect.stringMatching(/^the file: /) });
  });

  test('is none: no JSON', () => {
    expect(parseSavedPlan('{')).toEqual({ reason: 'it is not JSON' });
  });
});

describe('in place of the plan of a state directory is not read', () => {
  test.each<[string, (path: string, whole: string) => unknown]>([
    ['rubbish', (path) => writeFileSync(path, '{')],
    ['a directory', (path) => mkdirSync(path)],
    ['a pipe', (path) => execFileSync('mkfifo', [path])],
    [
      'a link to a plan',
      (path, whole) => {
        writeFileSync(`${path}.other`, whole);
        symlinkSync(`${path}.other`, path);
      },
    ],
    [
      'more than memory holds',
      (path) => {
        writeFileSync(path, '');
        truncateSync(path, 3 * 1024 ** 3);
      },
    ],
    ['that of another owner', (path, whole) => writeFileSync(path, whole.replace('"o/r"', '"x/y"'))],
  ])('%s', async (_, make) => {
    const paths = statePaths(temporaryDirectory(), owner.model, owner.evalSet);
    mkdirSync(dirname(paths.plan), { recursive: true });
    make(paths.plan, JSON.stringify(savedPlan(await planOf(NO_DEPENDENCIES), owner)));
    expect(readSavedPlan(paths, owner)).toBeUndefined();
  });
});

describe('what a saved plan prints', () => {
  test.each<[string, object]>([
    ['key', { key: 'a\n::error::b' }],
    ['name', { name: 'a\u001b[31m' }],
    ['metrics', { metrics: ['a\u2028b'] }],
    ['fingerprint', { fingerprint: { value: '0'.repeat(64), parts: { 'a\rb': '0'.repeat(64) } } }],
  ])('has no control characters in its %s', async (name, change) => {
    const plan = await planOf(NO_DEPENDENCIES, [{ ...planned('a.dev.v0'), ...change }]);
    expect(parseSavedPlan(JSON.stringify(savedPlan(plan, owner)))).toHaveProperty(
      'reason',
      expect.stringContaining(`evals.0.${name}`),
    );
  });

  test('has no control characters in its owner', async () => {
    const plan = savedPlan(await planOf(NO_DEPENDENCIES), {
      ...owner,
      repository: 'o/r\n::stop-commands::x',
    });
    expect(parseSavedPlan(JSON.stringify(plan))).toHaveProperty('reason');
  });
});

describe('a large plan', () => {
  test('that others have written is not read', async () => {
    const paths = statePaths(temporaryDirectory(), owner.model, owner.evalSet);
    const saved = savedPlan(await planOf(NO_DEPENDENCIES), owner);
    mkdirSync(dirname(paths.plan), { recursive: true });
    writeFileSync(paths.plan, JSON.stringify(saved));
    expect(readSavedPlan(paths, owner)).toEqual(saved);
    const padded = JSON.stringify(saved) + ' '.repeat(32 * 1024 ** 2);
    writeFileSync(paths.plan, padded);
    expect(readSavedPlan(paths, owner)).toBeUndefined();
    expect(parseSavedPlan(padded)).toEqual({ reason: 'it is too large to be a plan' });
  });

  test('of our own is kept without what it was made from, and then without evals', async () => {
    const long = 'x'.repeat(40_000);
    const missing = Array.from({ length: 1000 }, (_, index) => `/${index}/${long}`);
    const plan = await planOf({ ...NO_DEPENDENCIES, missing });
    const kept = savedPlan(plan, owner);
    expect(kept).toMatchObject({
      made: { basis: { files: [], directories: [], absent: [] } },
      evals: plan.evals,
    });
    expect(await recalled(kept)).toBeUndefined();
    const evals = Array.from({ length: 1000 }, (_, index) => planned(`${index}.${long}`));
    const nothing = savedPlan(await planOf(NO_DEPENDENCIES, evals), owner);
    expect(nothing.evals).toEqual([]);
    expect(await recalled(nothing)).toBeUndefined();
  });
});
