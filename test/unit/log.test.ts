import { expect, test } from 'vitest';
import { asText } from '../../src/action/log.ts';
import { CommandParser } from '../helpers/runner.ts';

test.each([
  '::set-output name=x::y',
  '   ::error::x',
  '\t::add-mask::x',
  'x ##[set-output name=a;]b',
  '##[error]x',
  'progress\r::set-env name=PATH::/evil',
  'two\n::stop-commands::x',
  '::group::x\r\n::endgroup::',
])('nothing in %j is a command for a runner', (line) => {
  const parser = new CommandParser();
  const obeyed = asText(line)
    .split(/\r\n|\r|\n/)
    .map((shown) => parser.parse(shown));
  expect(obeyed.filter((command) => command !== undefined)).toEqual([]);
});
