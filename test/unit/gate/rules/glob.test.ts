/** Globs of rules. They mean the same as those of include and exclude: test/integration/plan/include-exclude.test.ts. */
import { expect, test } from 'vitest';
import { Glob, namesOf } from '../../../../src/gate/rules/glob.ts';

const NAMES = ['a-one.dev.v0', 'a-two.dev.v0', 'b.x.v0', 'b.y.v0', 'ugly.dev.v0'];
const EVALS = NAMES.map((key) => ({
  key,
  name: key === 'ugly.dev.v0' ? 'nice' : (key.split('.', 1)[0] ?? ''),
}));

test.each<[what: string, glob: string, evals: readonly string[]]>([
  ['a star, which crosses dots', '*v0', NAMES],
  ['a star at its end', 'b*', ['b.x.v0', 'b.y.v0']],
  ['a star that matches nothing', 'a-one*', ['a-one.dev.v0']],
  ['stars that have to go back', '*o*e*', ['a-one.dev.v0', 'a-two.dev.v0']],
  ['a base name', 'a-one', ['a-one.dev.v0']],
  ['a key', 'b.y.v0', ['b.y.v0']],
  ['a base name of several evals', 'b', ['b.x.v0', 'b.y.v0']],
  ['a name that the set lists', 'nice', ['ugly.dev.v0']],
  ['a question mark', '?.y.*', ['b.y.v0']],
  ['a set of characters', 'b.[xz].v0', ['b.x.v0']],
  ['a set of other characters', 'a-[!o]*', ['a-two.dev.v0']],
  ['a range', 'b.[w-x].v0', ['b.x.v0']],
  ['upper case', 'A-ONE', []],
  ['a bracket that is not closed', 'a-[o', []],
  ['a range in reverse', '[z-a]*', []],
  ['braces', '{a-one,b}', []],
  ['a part of a name', 'a-on', []],
  ['nothing', '', []],
])('Glob: %s', (_, text, evals) => {
  const glob = new Glob(text);
  const matched = EVALS.filter((each) => namesOf(each).some((name) => glob.matches(name)));
  expect(matched.map(({ key }) => key)).toEqual(evals);
});

/** Checked with fnmatch of Python 3.11. */
test.each<[glob: string, name: string, matches: boolean]>([
  ['', '', true],
  ['*', '', true],
  ['?', '', false],
  ['[]]', ']', true],
  ['[]', '[]', true],
  ['[!]a]', 'b', true],
  ['[!]a]', ']', false],
  ['[!]', '[!]', true],
  ['[*]', '*', true],
  ['[*]', 'a', false],
  ['[-a]', '-', true],
  ['[a-]', '-', true],
  ['[a-c-e]', '-', true],
  ['[a-c-e]', 'd', false],
  ['[^a]', '^', true],
  ['[^a]', 'b', false],
  ['[!z-a]', 'x', true],
  ['[z-ab]', 'b', true],
  ['[\\]', '\\', true],
  ['a.c', 'abc', false],
  ['?', '😀', true],
  ['[😀-😂]', '😁', true],
])('Glob: %j and the name %j: %j', (glob, name, matches) => {
  expect(new Glob(glob).matches(name)).toBe(matches);
});

test('Glob: many stars over a long name end', () => {
  expect(new Glob(`${'*a'.repeat(200)}b`).matches('a'.repeat(2000))).toBe(false);
});
