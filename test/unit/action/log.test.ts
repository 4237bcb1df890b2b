import { expect, test } from 'vitest';
import { quoteChildLine, sanitizeMessage } from '../../../src/action/log.ts';
import { CommandParser } from '../../helpers/workflow-commands.ts';

const commands = [
  '::set-output name=x::y',
  '   ::error::x',
  '\t::add-mask::x',
  'x ##[set-output name=a;]b',
  '##[error]x',
  'progress\r::set-env name=PATH::/evil',
  'two\n::stop-commands::x',
  '::group::x\r\n::endgroup::',
];

function obeyed(shown: string): unknown[] {
  const parser = new CommandParser();
  return shown
    .split(/\r\n|\r|\n/)
    .map((line) => parser.parse(line))
    .filter((command) => command !== undefined);
}

test.each(commands)('quoteChildLine: nothing in %j is a command for a runner', (line) => {
  expect(obeyed(quoteChildLine(line))).toEqual([]);
});

test.each(commands)('sanitizeMessage: nothing in %j is a command for a runner', (line) => {
  expect(obeyed(sanitizeMessage(`test-match: runs again, ${line} changed`))).toEqual([]);
  expect(obeyed(sanitizeMessage(line))).toEqual([]);
});

test('sanitizeMessage: a message of several lines is shown unchanged', () => {
  const message = 'Two lines:\n\ta b — ü 😀';
  expect(sanitizeMessage(message)).toBe(message);
});

test.each([
  ['\u001b[31mred\u001b[0m', 'red'],
  ['a\u202eb', 'a\\u202eb'],
  ['a\u200bb', 'a\\u200bb'],
  ['a\u2028b', 'a\\u2028b'],
  ['a\u0085b', 'a\\u0085b'],
])(
  'sanitizeMessage, quoteChildLine: nothing in %j acts on a terminal or reverses its text',
  (text, shown) => {
    expect(sanitizeMessage(text)).toBe(shown);
    expect(quoteChildLine(text)).toBe(`│ ${shown}`);
  },
);

test.each(['#\u001b[0m#[error]x', '\u001b[0m::error::x', '#\u200b#[error]x'])(
  'sanitizeMessage, quoteChildLine: %j without its colours is not a command',
  (line) => {
    expect(obeyed(quoteChildLine(line))).toEqual([]);
    expect(obeyed(sanitizeMessage(line))).toEqual([]);
  },
);
