/** Which parts of an eval count, today and when it completed: src/plan/content.ts and src/plan/written.ts. */
import { chmodSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Fingerprint } from '../../../src/model/fingerprint.ts';
import type { AskedModels } from '../../../src/model/model-map.ts';
import type { PlannedEval, WritableArgument } from '../../../src/model/plan.ts';
import {
  changesSince,
  isContentOf,
  journalOwner,
  renewed,
  writtenArguments,
} from '../../../src/plan/content.ts';
import { FileHashes } from '../../../src/plan/file-hashes.ts';
import { hashOf } from '../../../src/plan/hash.ts';
import { contentAtEnd } from '../../../src/plan/written.ts';
import { completion, planned, sha256, temporaryDirectory } from '../../helpers/builders.ts';

function fingerprint(parts: Record<string, string>): Fingerprint {
  const hashed = Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, sha256(text)]));
  return { value: hashOf(hashed), parts: hashed };
}

interface Today {
  readonly writable?: readonly WritableArgument[];
  readonly earlier?: readonly Fingerprint[];
}

function evalOf(parts: Record<string, string>, today: Today = {}): PlannedEval {
  return { ...planned('a.x'), earlier: [], writable: [], ...today, fingerprint: fingerprint(parts) };
}

function done(parts: Record<string, string>, written: string[] = []) {
  const { value, parts: hashed } = fingerprint(parts);
  return { fingerprint: value, parts: { ...hashed }, written };
}

const results: WritableArgument = {
  argument: 'results_file',
  path: '/work/results.txt',
  label: 'results.txt',
};
const folder: WritableArgument = { argument: 'results_dir', path: '/work/results' };
const names = (of: PlannedEval, then: ReturnType<typeof done>) =>
  changesSince(of, then).map(({ name }) => name);

describe('isContentOf', () => {
  test('isContentOf: a result has today’s content only if all parts are the same', () => {
    const today = evalOf({ spec: 's', model: 'm' });
    expect(isContentOf(today, done({ spec: 's', model: 'm' }))).toBe(true);
    const other = done({ spec: 's', model: 'n' });
    expect([isContentOf(today, other), names(today, other)]).toEqual([false, ['model']]);
  });

  test('isContentOf: a file of the user’s class that was missing when the eval started does not count', () => {
    const today = evalOf({ spec: 's', results_file: 'r' }, { writable: [results] });
    const then = done({ spec: 's' });
    expect(isContentOf(today, then)).toBe(true);
    expect(writtenArguments(today, then)).toEqual(['results_file']);
    // For evals' own classes, every file is an input.
    expect(isContentOf(evalOf({ spec: 's', results_file: 'r' }), then)).toBe(false);
  });

  test('isContentOf: such a file counts when the arguments have changed', () => {
    const today = evalOf({ spec: 't', results_file: 'r' }, { writable: [results] });
    expect(names(today, done({ spec: 's' }))).toEqual(['results_file', 'spec']);
  });

  test('isContentOf: what the eval wrote does not count when it changes, disappears or grows', () => {
    const then = done({ spec: 's', 'results_dir input.txt': 'i' }, ['results_dir']);
    const writable = [folder];
    const more = { spec: 's', 'results_dir input.txt': 'i', 'results_dir run-7.txt': 'o' };
    expect(isContentOf(evalOf(more, { writable }), then)).toBe(true);
    expect(isContentOf(evalOf({ spec: 's', 'results_dir input.txt': 'i' }), then)).toBe(true);
  });

  test('isContentOf: an input beside what the eval wrote counts when it changes or disappears', () => {
    const then = done({ spec: 's', 'results_dir input.txt': 'i' }, ['results_dir']);
    const edited = evalOf({ spec: 's', 'results_dir input.txt': 'j' }, { writable: [folder] });
    expect(names(edited, then)).toEqual(['results_dir input.txt']);
    expect(names(evalOf({ spec: 's' }), then)).toEqual(['results_dir input.txt']);
  });

  test('isContentOf: a new file counts in a directory that the eval did not write to', () => {
    const today = evalOf(
      { spec: 's', 'results_dir a.txt': 'a', 'results_dir b.txt': 'b' },
      { writable: [folder] },
    );
    expect(names(today, done({ spec: 's', 'results_dir a.txt': 'a' }))).toEqual(['results_dir b.txt']);
  });

  test('isContentOf: a fingerprint that is not the hash of its parts is never today’s content', () => {
    const today = evalOf({ spec: 's', results_file: 'r' }, { writable: [results] });
    expect(isContentOf(today, { ...done({ spec: 's' }), fingerprint: sha256('x') })).toBe(false);
  });
});

describe('a result of an earlier version', () => {
  const earlier = [
    fingerprint({ spec: 's', class: 'c', results_file: 'r' }),
    fingerprint({ spec: 's', class: 'c' }),
  ];
  const today = evalOf(
    { spec: 's', 'code:own.py': 'c', results_file: 'r' },
    { earlier, writable: [results] },
  );

  test('isContentOf: a result of an earlier version counts if that version would make its fingerprint today', () => {
    expect(isContentOf(today, done({ spec: 's', class: 'c', results_file: 'r' }))).toBe(true);
    expect(isContentOf(today, done({ spec: 's', class: 'c' }))).toBe(true);
    const other = done({ spec: 's', class: 'd' });
    // The change is described in the parts of that version, instead of all parts being new.
    expect([isContentOf(today, other), names(today, other)]).toEqual([false, ['class']]);
  });

  test('renewed: a record of an earlier version gets the fingerprint and the parts of this version', () => {
    const of = (parts: Record<string, string>) => completion(today, done(parts));
    expect(renewed(today, of({ spec: 's', class: 'c', results_file: 'r' }))).toMatchObject({
      fingerprint: today.fingerprint.value,
      parts: today.fingerprint.parts,
    });
    const without = fingerprint({ spec: 's', 'code:own.py': 'c' });
    expect(renewed(today, of({ spec: 's', class: 'c' }))).toMatchObject({
      fingerprint: without.value,
      parts: without.parts,
    });
    expect(renewed(today, completion(today))).toBeUndefined();
    expect(renewed(today, of({ spec: 'other' }))).toBeUndefined();
  });
});

describe('the journal of an interrupted eval', () => {
  test('journalOwner: the owner is the same whatever the eval has written, and another one for other content', () => {
    const owners = [
      evalOf({ spec: 's', results_file: 'before' }, { writable: [results] }),
      evalOf({ spec: 's', results_file: 'after' }, { writable: [results] }),
      evalOf({ spec: 's' }),
      evalOf({ spec: 't' }),
    ].map((each) => journalOwner(each, 'o/r').fingerprint);
    expect(new Set(owners.slice(0, 3)).size).toBe(1);
    expect(owners[3]).not.toBe(owners[0]);
  });
});

describe('contentAtEnd', () => {
  const since = Date.parse('2026-01-01T12:00:00Z');
  const before = new Date(since - 1000);

  /** An eval with a file and a directory of two entries, all older than the plan. `act` happens while the eval runs. */
  async function recorded(act: (at: string) => void) {
    const at = temporaryDirectory();
    mkdirSync(join(at, 'results/old'), { recursive: true });
    const files = ['results.txt', 'results/input.txt', 'results/old/run.txt'];
    for (const name of files) writeFileSync(join(at, name), name);
    const hashes = new FileHashes();
    await hashes.read(files.map((name) => join(at, name)));
    const part = (name: string) => hashOf([[name, hashes.of(join(at, name))]]);
    const parts = {
      results_file: part('results.txt'),
      'results_dir input.txt': part('results/input.txt'),
      'results_dir old': part('results/old/run.txt'),
    };
    const writable = [
      { argument: 'results_file', path: join(at, 'results.txt'), label: 'results.txt' },
      { argument: 'results_dir', path: join(at, 'results') },
    ];
    const of = { ...planned('a.x'), fingerprint: { value: hashOf(parts), parts }, earlier: [], writable };
    act(at);
    // No program can set the ctime of a file, so the ctime of all files is later than `since`, as after a chmod.
    const age = (name: string) => utimesSync(join(at, name), before, before);
    return { of, age: (names_: string[]) => names_.map(age), end: () => contentAtEnd(of, since) };
  }

  const everything = ['results.txt', 'results/input.txt', 'results/old/run.txt', 'results/old', 'results'];

  test('contentAtEnd: a file of which only the times have changed is still an input', async () => {
    const { of, age, end } = await recorded((at) => chmodSync(join(at, 'results.txt'), 0o600));
    age(everything);
    const { written, parts } = await end();
    expect(written).not.toContain('results_file');
    expect(parts.results_file).toBe(of.fingerprint.parts.results_file);
  });

  test('contentAtEnd: a file that was written with its old content is left out', async () => {
    const { end } = await recorded((at) => writeFileSync(join(at, 'results.txt'), 'results.txt'));
    const { written, parts, fingerprint: value } = await end();
    expect(written).toContain('results_file');
    expect(parts).not.toHaveProperty('results_file');
    expect(value).toBe(hashOf(parts));
  });

  test('contentAtEnd: a file with other content and its old times is left out', async () => {
    const { age, end } = await recorded((at) => writeFileSync(join(at, 'results.txt'), 'other'));
    age(everything);
    expect((await end()).written).toContain('results_file');
  });

  test('contentAtEnd: a file that was removed is left out', async () => {
    const { end } = await recorded((at) => rmSync(join(at, 'results.txt')));
    expect((await end()).written).toContain('results_file');
  });

  test('contentAtEnd: nothing is left out when nothing was touched', async () => {
    const { of } = await recorded(() => {});
    expect(await contentAtEnd(of, Date.now() + 3_600_000)).toEqual({
      fingerprint: of.fingerprint.value,
      parts: of.fingerprint.parts,
      written: [],
    });
  });
});

describe('the model map', () => {
  const mapped = (lines: Record<string, string> | undefined): PlannedEval => {
    const parts = { spec: 's', ...(lines ? { 'model map': JSON.stringify(lines) } : {}) };
    return { ...evalOf(parts), modelMap: lines };
  };
  const completedWith = (lines: Record<string, string> | undefined, models: AskedModels | undefined) => {
    const { fingerprint: then } = mapped(lines);
    return completion(planned('a.x'), { fingerprint: then.value, parts: { ...then.parts }, models });
  };

  test.each<
    [
      string,
      Record<string, string> | undefined,
      AskedModels | undefined,
      Record<string, string> | undefined,
      boolean,
    ]
  >([
    ['a line for another model is added', undefined, { m: 'm' }, { old: 'x' }, true],
    ['a line for a model that it asked for is added', undefined, { m: 'm', old: 'old' }, { old: 'x' }, false],
    ['a line that it used is changed', { old: 'x' }, { old: 'x' }, { old: 'y' }, false],
    ['a line that it did not use is changed', { old: 'x', b: 'c' }, { old: 'x' }, { old: 'x', b: 'd' }, true],
    ['a line that it used is removed', { old: 'x' }, { old: 'x' }, undefined, false],
    ['a line that it did not use is removed', { old: 'x' }, { m: 'm' }, undefined, true],
    ['its live model is now replaced itself', { old: 'x' }, { old: 'x' }, { old: 'x', x: 'y' }, true],
    ['a map is added, and its models are not known', undefined, undefined, { old: 'x' }, false],
    ['it asked for no model', undefined, {}, { old: 'x' }, true],
  ])('model map: a result when %s', (_, before, models, today, isSame) => {
    const of = mapped(today);
    const record = completedWith(before, models);
    expect(isContentOf(of, record)).toBe(isSame);
    expect(names(of, { ...record, written: [] })).toEqual(isSame ? [] : ['model map']);
  });

  test('model map: it does not count for recorded responses, which belong to what was sent', () => {
    const without = journalOwner(mapped(undefined), 'o/r');
    expect(journalOwner(mapped({ old: 'x' }), 'o/r')).toMatchObject({
      fingerprint: without.fingerprint,
      parts: without.parts,
    });
    expect(without.fingerprint).toBe(mapped(undefined).fingerprint.value);
  });
});
