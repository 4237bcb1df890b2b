/** The YAML in README.md and docs, as people copy it. A workflow that names what does not exist fails only when it runs. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseRules } from '../../../src/gate/rules/parse-rules.ts';

const root = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Action {
  readonly inputs: Readonly<Record<string, { readonly required?: boolean }>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** The action in this directory of the repository; undefined when there is none. */
function actionIn(directory: string): Action | undefined {
  const path = join(directory, 'action.yml');
  return existsSync(join(root, path)) ? (parse(read(path)) as Action) : undefined;
}

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Example {
  readonly where: string;
  readonly text: string;
  readonly content: unknown;
}

const documents = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter(
  (path) => path.endsWith('.md'),
);

const examples: readonly Example[] = documents.flatMap((path) => {
  const document = read(path);
  return [...document.matchAll(/^```ya?ml\n([\s\S]*?)^```/gm)].map(({ 1: text = '', index }) => ({
    where: `${path}:${document.slice(0, index).split('\n').length}`,
    text,
    content: parse(text) as unknown,
  }));
});

/** The steps in a workflow, a list of steps, or a part of a step. */
function stepsIn(content: unknown): Step[] {
  if (Array.isArray(content)) return content.flatMap(stepsIn);
  if (typeof content !== 'object' || content === null) return [];
  if ('uses' in content || 'with' in content) return [content as Step];
  return Object.values(content).flatMap(stepsIn);
}

/**
 * Undefined when the step uses an action of others. A part of a step without `uses` is about the main action.
 * @throws when the step uses an action that this repository does not have
 */
function actionOf({ uses = 'oaievalset-action/oaievalset-action@' }: Step): Action | undefined {
  const directory = /^oaievalset-action\/oaievalset-action(?:\/([^@]+))?@/.exec(uses);
  if (!directory) return undefined;
  const action = actionIn(directory[1] ?? '.');
  if (!action) throw new Error(`There is no action ${uses}.`);
  return action;
}

/** A part that is shown alone, such as `with:`, may rely on the inputs of the text around it. */
const ourSteps = examples.flatMap(({ where, content }) =>
  stepsIn(content).flatMap((step) => {
    const action = actionOf(step);
    return action ? [{ where, step, action }] : [];
  }),
);

describe('examples in README.md and docs', () => {
  test('examples: they are in the documents that describe workflows', () => {
    const paths = new Set(ourSteps.map(({ where }) => where.split(':')[0]));
    expect([...paths]).toEqual(expect.arrayContaining(['README.md', 'docs/comments.md', 'docs/results.md']));
  });

  test.each(ourSteps)(
    'examples, $where: the action has all inputs that the step sets',
    ({ step, action }) => {
      expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(step.with ?? {})));
    },
  );

  test.each(ourSteps.filter(({ step }) => step.uses !== undefined))(
    'examples, $where: the step sets all required inputs',
    ({ step, action }) => {
      const required = Object.entries(action.inputs).filter(([, input]) => input.required);
      expect(Object.keys(step.with ?? {})).toEqual(expect.arrayContaining(required.map(([name]) => name)));
    },
  );

  test.each(ourSteps.filter(({ step }) => typeof step.with?.thresholds === 'string'))(
    'examples, $where: the rules are valid',
    ({ step }) => {
      expect(parseRules(String(step.with?.thresholds)).length).toBeGreaterThan(0);
    },
  );

  // Some recipes continue the workflow of the document, whose step has the id `evals`.
  test.each(
    examples.flatMap(({ where, text }) =>
      [...text.matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g)].map(([expression, id = '', output = '']) => ({
        where,
        expression,
        id,
        output,
      })),
    ),
  )('examples, $where: $expression exists', ({ where, id, output }) => {
    const [path] = where.split(':');
    const step = ourSteps.find((each) => each.where.startsWith(`${path}:`) && each.step.id === id);
    expect(Object.keys(step?.action.outputs ?? {})).toContain(output);
  });

  test('examples: all documents use the same version of an action', () => {
    const versions = new Map<string, Set<string>>();
    for (const { content } of examples)
      for (const { uses = '' } of stepsIn(content)) {
        const [name = '', version = ''] = uses.split('@');
        versions.set(name, (versions.get(name) ?? new Set()).add(version));
      }
    expect([...versions].filter(([, each]) => each.size > 1)).toEqual([]);
  });

  test('docs/results.md: the list of example rules is valid', () => {
    const list = /one rule per line:\n\n```\n([\s\S]*?)```/.exec(read('docs/results.md'))?.[1] ?? '';
    // Each line has its explanation after several blanks.
    const rules = list
      .trim()
      .split('\n')
      .map((line) => line.split(/ {3,}/)[0]);
    expect(rules.length).toBeGreaterThan(3);
    expect(parseRules(rules.join('\n'))).toHaveLength(rules.length);
  });
});
