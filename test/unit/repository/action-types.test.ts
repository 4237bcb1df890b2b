/** action-types.yml beside each action.yml, which generators of workflows read. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type ActionFile, actionFolders, readYaml, root } from './action-files.ts';

const single = z.union([
  z.strictObject({ type: z.enum(['string', 'boolean', 'float']) }),
  z.strictObject({ type: z.literal('integer'), 'named-values': z.record(z.string(), z.int()).optional() }),
  z.strictObject({ type: z.literal('enum'), 'allowed-values': z.array(z.string()).min(1) }),
]);
const list = z.strictObject({ type: z.literal('list'), separator: z.string().min(1), 'list-item': single });
const typesSchema = z.strictObject({
  inputs: z.record(z.string(), z.union([single, list])),
  outputs: z.record(z.string(), z.union([single, list])).optional(),
});

type Type = z.infer<typeof single> | z.infer<typeof list>;

const actions = actionFolders.map((folder) => ({
  folder,
  action: readYaml<ActionFile>(join(folder, 'action.yml')),
}));

const typesOf = (folder: string) => typesSchema.parse(readYaml(join(folder, 'action-types.yml')));

/** Whether a user could write the default, which may be empty. */
function accepts(type: Type, value: string): boolean {
  if (value === '') return true;
  if (type.type === 'boolean') return value === 'true' || value === 'false';
  if (type.type === 'integer') return /^\d+$/.test(value);
  if (type.type === 'enum') return type['allowed-values'].includes(value);
  return true;
}

test('action-types.yml: the actions are found', () => {
  expect(actionFolders).toEqual(expect.arrayContaining(['.', 'comment', 'merge']));
  const files = readdirSync(root, { recursive: false, encoding: 'utf8' });
  expect(files).toContain('action-types.yml');
});

test.each(actions)(
  'action-types.yml in $folder: has the inputs of action.yml, in their order',
  ({ folder, action }) => {
    expect(Object.keys(typesOf(folder).inputs)).toEqual(Object.keys(action.inputs));
  },
);

test.each(actions)(
  'action-types.yml in $folder: has the outputs of action.yml, in their order',
  ({ folder, action }) => {
    expect(Object.keys(typesOf(folder).outputs ?? {})).toEqual(Object.keys(action.outputs ?? {}));
  },
);

test.each(actions)(
  'action-types.yml in $folder: each default is of the type of its input',
  ({ folder, action }) => {
    const wrong = Object.entries(typesOf(folder).inputs).filter(
      ([name, type]) => !accepts(type, action.inputs[name]?.default ?? ''),
    );
    expect(wrong).toEqual([]);
  },
);

test.each(actions)(
  'action-types.yml in $folder: the description names each allowed value',
  ({ folder, action }) => {
    const { inputs, outputs = {} } = typesOf(folder);
    const described = { ...action.outputs, ...action.inputs };
    const unnamed = Object.entries({ ...outputs, ...inputs }).flatMap(([name, type]) =>
      type.type === 'enum'
        ? type['allowed-values'].filter((value) => !described[name]?.description.includes(`\`${value}\``))
        : [],
    );
    expect(unnamed).toEqual([]);
  },
);

test('action-types.yml: inputs and outputs of one name have one type in all actions', () => {
  const seen = new Map<string, Set<string>>();
  for (const { folder } of actions) {
    const { inputs, outputs = {} } = typesOf(folder);
    for (const [kind, types] of Object.entries({ inputs, outputs }))
      for (const [name, type] of Object.entries(types)) {
        const key = `${kind}.${name}`;
        seen.set(key, (seen.get(key) ?? new Set()).add(JSON.stringify(type)));
      }
  }
  expect([...seen].filter(([, types]) => types.size > 1)).toEqual([]);
});
