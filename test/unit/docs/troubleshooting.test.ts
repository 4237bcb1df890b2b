/** docs/troubleshooting.md, in which people search for what they see. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const page = read('docs/troubleshooting.md');

/** The text between two marks of the page. */
function part(name: string): string {
  const text = new RegExp(`<!-- ${name} -->([\\s\\S]*?)<!-- /${name} -->`).exec(page)?.[1];
  if (text === undefined) throw new Error(`docs/troubleshooting.md has no part ${name}.`);
  return text;
}

/** The members of the type ErrorCode, which has no value at run time. */
function errorCodes(): string[] {
  const union = /export type ErrorCode =([\s\S]*?);/.exec(read('src/errors.ts'))?.[1] ?? '';
  return [...union.matchAll(/'([A-Z_]+)'/g)].map(([, code = '']) => code);
}

/** The files below a directory in which a message may be. */
function textsBelow(directory: string, kind: RegExp): string[] {
  return readdirSync(join(root, directory), { recursive: true, encoding: 'utf8' })
    .filter((name) => kind.test(name))
    .map((name) => read(join(directory, name)));
}

describe('error codes', () => {
  const rows = [...part('codes').matchAll(/^\| `([A-Z_]+)` \| (.*?) \| (.*?) \|$/gm)];

  test('error codes: docs/troubleshooting.md lists exactly those that the action has, in the same order', () => {
    expect(errorCodes().length).toBeGreaterThan(20);
    expect(rows.map(([, code]) => code)).toEqual(errorCodes());
  });

  test('error codes: each says what it means and what to do', () => {
    const lines = part('codes').trim().split('\n');
    expect(rows).toHaveLength(lines.length - 2);
    expect(rows.filter(([, , meaning = '', next = '']) => meaning === '' || next === '')).toEqual([]);
  });
});

describe('messages', () => {
  const messages = [...part('messages').matchAll(/^\| _(.+?)_ \|/gm)].map(([, message = '']) => message);
  const shown = [...textsBelow('src', /\.(ts|py)$/), ...textsBelow('test/golden/runs', /\.(txt|md)$/)];

  test('messages: the page has those of the action', () => {
    expect(messages.length).toBeGreaterThan(20);
  });

  test.each(messages)('message "%s": the action prints each of its parts', (message) => {
    for (const words of message.split('…').map((each) => each.trim())) {
      if (words.length > 1)
        expect(
          shown.some((text) => text.includes(words)),
          words,
        ).toBe(true);
    }
  });
});

/** Each list of words that a field of results.json may have. */
function enumsIn(schema: unknown): string[][] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    key === 'enum' && Array.isArray(value) ? [value.map(String)] : enumsIn(value),
  );
}

/** Words for people: the eval set has evals that are left out, which results.json calls excluded. */
function statusesWith(word: string): string[] {
  const lists = enumsIn(JSON.parse(read('docs/results.schema.json'))).filter((words) => words.includes(word));
  return [...new Set(lists.flat())].map((status) => (status === 'excluded' ? 'left out' : status));
}

describe('statuses', () => {
  const statuses = [...statusesWith('fresh'), ...statusesWith('passed')];

  test('statuses: there are those of an eval and those of a run', () => {
    expect(statuses).toEqual(expect.arrayContaining(['fresh', 'left out', 'passed', 'incomplete']));
  });

  test.each(statuses)('status "%s": README.md and docs/troubleshooting.md explain it', (status) => {
    for (const path of ['README.md', 'docs/troubleshooting.md'])
      expect(read(path), path).toMatch(new RegExp(`^\\| ${status} \\|`, 'm'));
  });
});
