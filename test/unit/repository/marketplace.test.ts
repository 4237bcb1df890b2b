/** What GitHub's Marketplace asks of action.yml. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ActionFile, actionFolders, readYaml } from './action-files.ts';

/** https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax#branding */
const COLORS = ['white', 'black', 'yellow', 'blue', 'green', 'orange', 'red', 'purple', 'gray-dark'];
/** Those that this repository uses, of the icons of Feather 4.28 that GitHub has. */
const ICONS = ['check-square', 'message-square', 'git-merge', 'bar-chart-2'];

describe.each(
  actionFolders.map((folder) => ({ folder, action: readYaml<ActionFile>(join(folder, 'action.yml')) })),
)('action.yml in $folder', ({ folder, action }) => {
  test(`Marketplace, ${folder}: the description is shorter than 125 characters, and one line`, () => {
    expect(action.description.length).toBeLessThan(125);
    expect(action.description).toMatch(/^[A-Z].*[^.]$/);
  });

  test(`Marketplace, ${folder}: it has a name, an author, and an icon and a colour that GitHub knows`, () => {
    expect(action.name).not.toBe('');
    expect(action.author).not.toBe('');
    expect(ICONS).toContain(action.branding.icon);
    expect(COLORS).toContain(action.branding.color);
  });

  test(`Marketplace, ${folder}: each input and output is described`, () => {
    const entries = Object.entries({ ...action.inputs, ...action.outputs });
    expect(entries.filter(([, { description }]) => !description)).toEqual([]);
  });
});

test('Marketplace: no two actions have one name', () => {
  const names = actionFolders.map((folder) => readYaml<ActionFile>(join(folder, 'action.yml')).name);
  expect(new Set(names).size).toBe(names.length);
});
