/** Which evals of a set include and exclude choose, which globs are refused, and which line the error about an eval proposes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemsOf, RegistryPlanner, type RequestChanges } from '../../helpers/registry-planner.ts';
import { testRows } from '../../helpers/test-rows.ts';

let planner: RegistryPlanner;
beforeAll(async () => {
  planner = await RegistryPlanner.start();
});
afterAll(() => planner.close());

const MATCH = { class: 'evals.elsuite.test.match:TestMatch' };
const BROKEN = { class: 'no_such_module:Broken' };

/** A registry with these evals, and a set `s` that lists these names. */
function registryOf(evals: Readonly<Record<string, unknown>>, listed: readonly string[]): string {
  return planner.newFiles({
    'evals/all.yaml': JSON.stringify(evals),
    'eval_sets/all.yaml': JSON.stringify({ s: { evals: listed } }),
  });
}

const CHOICE = registryOf.bind(undefined, {
  'a-one': { id: 'a-one.dev.v0' },
  'a-one.dev.v0': MATCH,
  'a-two.dev.v0': MATCH,
  'b.x.v0': MATCH,
  'b.y.v0': MATCH,
  nice: { id: 'ugly.dev.v0' },
  'ugly.dev.v0': MATCH,
  'broken.dev.v0': BROKEN,
  'broken[1].dev.v0': BROKEN,
});
const LISTED = ['a-one', 'a-two.dev.v0', 'b.*', 'nice'];
const ALL = ['a-one.dev.v0', 'a-two.dev.v0', 'b.x.v0', 'b.y.v0', 'ugly.dev.v0'];

type Globs = Pick<RequestChanges, 'include' | 'exclude'>;

async function chosen(globs: Globs, listed: readonly string[] = LISTED) {
  const { evals, leftOut } = await planner.plan('s', { registryPaths: [CHOICE(listed)], ...globs });
  return { evals: evals.map(({ key }) => key), leftOut: [...leftOut].sort() };
}

async function refusal(globs: Globs, listed: readonly string[] = LISTED) {
  return await planner.refusal('s', { registryPaths: [CHOICE(listed)], ...globs });
}

describe.concurrent('include and exclude', () => {
  testRows<[what: string, globs: Globs, evals: readonly string[]]>(1, [
    [
      'a star, which crosses dots',
      { include: ['*v0'], exclude: ['b*0'] },
      ['a-one.dev.v0', 'a-two.dev.v0', 'ugly.dev.v0'],
    ],
    ['nothing', {}, ALL],
    ['a base name', { include: ['a-one'] }, ['a-one.dev.v0']],
    ['a key', { include: ['b.y.v0'] }, ['b.y.v0']],
    ['a base name of several evals', { include: ['b'] }, ['b.x.v0', 'b.y.v0']],
    ['a name that the set lists', { include: ['nice'] }, ['ugly.dev.v0']],
    ['several lines, which are alternatives', { include: ['a-one', '?.y.*'] }, ['a-one.dev.v0', 'b.y.v0']],
    ['a set of characters', { include: ['b.[xz].v0', 'a-[!o]*'] }, ['a-two.dev.v0', 'b.x.v0']],
    ['an exclude that outweighs an include', { include: ['a-*'], exclude: ['a-two'] }, ['a-one.dev.v0']],
    ['an exclude of what is not included', { include: ['b.x.v0'], exclude: ['b.y*'] }, ['b.x.v0']],
  ])('include and exclude: %s', async ([, globs, evals]) => {
    expect(await chosen(globs)).toEqual({ evals, leftOut: ALL.filter((key) => !evals.includes(key)) });
  });

  testRows<[what: string, exclude: string, listed: string]>(1, [
    ['whose class cannot be imported', 'broken', 'broken.dev.v0'],
    ['that no registry has', 'nowhere', 'nowhere'],
  ])('exclude: an eval %s is left out', async ([, exclude, listed]) => {
    const { evals, leftOut } = await chosen({ exclude: [exclude] }, [...LISTED, listed]);
    expect(evals).toEqual(ALL);
    expect(leftOut).toEqual([listed]);
  });

  test('exclude: an entry that is not a mapping is left out of a set with a pattern', async () => {
    const evals = { 'p-good.dev.v0': MATCH, 'p-bad.dev.v0': 7 };
    const request = { registryPaths: [registryOf(evals, ['p-*'])], sharesRegistry: true };
    expect((await planner.refusal('s', request)).message).toContain(
      "the entry 'p-bad.dev.v0' of evals is a number",
    );
    const plan = await planner.plan('s', { ...request, exclude: ['p-bad'] });
    expect(plan.evals.map(({ key }) => key)).toEqual(['p-good.dev.v0']);
    expect(plan.leftOut).toEqual(['p-bad.dev.v0']);
  });

  testRows<[what: string, globs: Globs, says: RegExp]>(1, [
    [
      'that is misspelt',
      { include: ['a-onne'] },
      /^unmatched-glob: include: a-onne: it matches no eval of the set s \(did you mean a-one\?\)$/,
    ],
    [
      'that is misspelt, with a star',
      { exclude: ['a-onee.*'] },
      /^unmatched-glob: exclude: a-onee\.\*: .*did you mean a-one/,
    ],
    [
      'that is like no name',
      { include: ['zzz'] },
      /it matches no eval of the set s, which has such names as a-one, a-one\.dev\.v0, a-two\.dev\.v0$/,
    ],
    ['in upper case', { include: ['A-ONE'] }, /^unmatched-glob: include: A-ONE: /],
    ['with a bracket that is not closed', { include: ['a-[o'] }, /^unmatched-glob: include: a-\[o: /],
    ['with a range in reverse', { exclude: ['[z-a]'] }, /^unmatched-glob: exclude: \[z-a\]: /],
    ['with braces', { include: ['{a-one,b}'] }, /^unmatched-glob: include: \{a-one,b\}: /],
  ])('include and exclude: a glob %s is refused', async ([, globs, says]) => {
    const error = await refusal({ include: ['*', ...(globs.include ?? [])], exclude: globs.exclude ?? [] });
    expect(problemsOf(error)).toEqual([expect.stringMatching(says)]);
    expect(error.next).toContain('Correct the inputs include and exclude.');
  });

  testRows<[globs: Globs]>(1, [[{ exclude: ['*'] }], [{ include: ['b'], exclude: ['b.?.v0'] }]])(
    'include and exclude: %j, which leave out the whole set, are refused',
    async ([globs]) => {
      expect(problemsOf(await refusal(globs))).toEqual([
        'nothing-left: s: the inputs include and exclude leave out all 5 evals of the set',
      ]);
    },
  );

  test('exclude: the error about evals that cannot run proposes lines that leave out these evals and no other', async () => {
    const listed = [...LISTED, 'broken.dev.v0', 'broken[[]1[]].dev.v0', 'nowhere'];
    const error = await refusal({}, listed);
    const [, proposed = ''] = error.message.split('add to the inputs:\nexclude: |\n');
    const exclude = proposed.split('\n').map((line) => line.trim());
    expect(exclude.sort()).toEqual(['broken', 'broken[[]1]', 'nowhere']);
    expect((await chosen({ exclude }, listed)).evals).toEqual(ALL);
  });

  test('exclude: the proposed line names the key where the base name is that of several evals', async () => {
    const registryPaths = [registryOf({ 'b.x.v0': MATCH, 'b.y.v0': BROKEN }, ['b.*'])];
    const { message } = await planner.refusal('s', { registryPaths });
    expect(message).toMatch(/\nTo run the set without this eval, add to the inputs:\nexclude: b\.y\.v0$/);
  });

  test('exclude: no line is proposed when no eval of the plan can run', async () => {
    const registryPaths = [registryOf({ 'b.x.v0': MATCH, 'b.y.v0': BROKEN }, ['b.*'])];
    const { message } = await planner.refusal('s', { registryPaths, include: ['b.y.v0'] });
    expect(message).not.toContain('exclude');
  });

  test("exclude: evals' own set stock-options plans with the lines that its error proposes", async () => {
    const { message } = await planner.refusal('stock-options');
    const [, proposed = ''] = message.split('exclude: |\n');
    const exclude = proposed.split('\n').map((line) => line.trim());
    const { evals, leftOut } = await planner.plan('stock-options', { exclude });
    expect([evals.length, leftOut.length]).toEqual([10, 2]);
  });
});
