import { describe, expect, test } from 'vitest';
import { type Action, withTables } from '../../../scripts/tables.ts';

const ACTION: Action = {
  inputs: {
    model: { description: 'The model, such as 1.5 of `x.y`. It is a name.', required: true },
    args: { description: 'Words of `a|b`.', default: '--a | b' },
    empty: { description: 'Nothing', default: '' },
  },
  outputs: { complete: { description: '`true` if all is done.' } },
};

const OTHER: Action = { inputs: { shards: { description: 'How many. At least two.' } } };

const read = (path: string): Action => (path === 'action.yml' ? ACTION : OTHER);

describe('tables', () => {
  test('tables: all inputs have their whole description and their default, and bars stay in their cell', () => {
    const text = 'before\n<!-- inputs: action.yml -->\nold\n<!-- /inputs -->\nafter\n';
    expect(withTables(text, read)).toBe(
      [
        'before',
        '<!-- inputs: action.yml -->',
        '',
        '| Input | Default | Meaning |',
        '| :--- | :--- | :--- |',
        '| `model` | required | The model, such as 1.5 of `x.y`. It is a name. |',
        '| `args` | `--a \\| b` | Words of `a\\|b`. |',
        '| `empty` |  | Nothing |',
        '',
        '<!-- /inputs -->',
        'after',
        '',
      ].join('\n'),
    );
  });

  test('tables: a table of some inputs has them in its order, each with its first sentence', () => {
    const text = '<!-- inputs: action.yml: empty, model -->\n<!-- /inputs -->';
    const rows = withTables(text, read)
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    expect(rows).toEqual([
      '| `empty` |  | Nothing |',
      '| `model` | required | The model, such as 1.5 of `x.y`. |',
    ]);
  });

  test('tables: a document has tables of several actions, and a second writing changes nothing', () => {
    const text = [
      '<!-- outputs: action.yml -->\n<!-- /outputs -->',
      '<!-- inputs: merge/action.yml -->\n<!-- /inputs -->',
    ].join('\n\n');
    const written = withTables(text, read);
    expect(written).toContain('| `complete` | `true` if all is done. |');
    expect(written).toContain('| `shards` |  | How many. At least two. |');
    expect(withTables(written, read)).toBe(written);
  });

  test('tables: a name that the action does not have is an error', () => {
    const text = '<!-- inputs: action.yml: modle -->\n<!-- /inputs -->';
    expect(() => withTables(text, read)).toThrow('action.yml has no modle, which a table names.');
  });

  test.each([
    '<!-- inputs: action.yml -->\nno end',
    '<!-- inputs -->\n<!-- /inputs -->',
    '<!-- inputs: action.yml -->\n<!-- /outputs -->',
  ])('tables: marks without a partner are an error: %j', (text) => {
    expect(() => withTables(text, read)).toThrow('do not belong together');
  });
});
