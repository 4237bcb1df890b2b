import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { formatCommand } from '../../../src/model/command.ts';
import { formatProgress, parseProgress } from '../../../src/progress/progress-file.ts';

const a = ['oaieval', 'gpt-4', 'a.dev.v0'];
const b = ['oaieval', 'gpt-4', 'b.dev.v0', '--max_samples', '5'];

describe('progress file: parsing', () => {
  test('progress file: JSON lines, as oaievalset writes them, are parsed', () => {
    const text = '["oaieval", "gpt-4", "a.dev.v0"]\n["oaieval", "gpt-4", "b.dev.v0", "--max_samples", "5"]\n';
    expect(parseProgress(text)).toEqual({ commands: [a, b], rejected: undefined });
  });

  test('progress file: plain text of old releases is parsed, and known commands restore arguments with blanks', () => {
    const known = ['oaieval', 'gpt-4', 'a.dev.v0', '--extra_eval_params', 'x=a b'];
    const text = 'oaieval gpt-4 a.dev.v0 --extra_eval_params x=a b\noaieval gpt-4 b.dev.v0 --max_samples 5\n';
    const parsed = parseProgress(text, [known]);
    expect(parsed.commands).toEqual([known, b]);
  });

  test.each([
    ['cut in the middle of a line', '["oaieval", "gpt-4", "a.dev.v0"]\n["oaieval", "gp', [a]],
    ['cut before the newline', '["oaieval", "gpt-4", "a.dev.v0"]', [a]],
    [
      'cut within plain text, which is not a command then',
      '["oaieval", "gpt-4", "a.dev.v0"]\noaieval gpt-4 b.dev',
      [a],
    ],
    ['filled with blank lines', '\n["oaieval", "gpt-4", "a.dev.v0"]\n\n', [a]],
    ['written with Windows line ends', '["oaieval", "gpt-4", "a.dev.v0"]\r\n', [a]],
    ['written as plain text with Windows line ends', 'oaieval gpt-4 a.dev.v0\r\n', [a]],
  ])('progress file: a file that was %s is healed', (_, text, commands) => {
    expect(parseProgress(text)).toEqual({ commands, rejected: undefined });
  });

  test.each([
    '{"a": 1}',
    '["oaieval"]',
    '["oaieval", "gpt-4", 3]',
    'oaieval gpt-4',
    'rm -rf /',
    '[[',
    '\u0000\u0001',
  ])('progress file: the line %j is rejected, the others are not', (line) => {
    const parsed = parseProgress(`${line}\n${formatProgress([a])}`);
    expect(parsed).toEqual({ commands: [a], rejected: '1 of its lines are not oaievalset commands' });
  });

  test('progress file: a file with too many lines is rejected as a whole', () => {
    const { commands, rejected } = parseProgress(formatProgress([a]).repeat(200_001));
    expect({ commands, rejected }).toEqual({ commands: [], rejected: 'it has more than 200000 lines' });
  });

  test.each(['\u2028', '\u2029', '\r', '\u0085'])('progress file: a line does not end at %j', (separator) => {
    const command = ['oaieval', 'gpt-4', 'a.dev.v0', '--user', `x${separator}y`];
    // JSON may hold them as they are, other than Python writes them.
    const text = `${JSON.stringify(command)}\n${formatProgress([b])}`;
    expect(parseProgress(text)).toEqual({ commands: [command, b], rejected: undefined });
  });

  test('progress file: an empty file is valid', () => {
    expect(parseProgress('')).toEqual({ commands: [], rejected: undefined });
  });
});

test('progress file: a command is formatted byte for byte as Python does it', () => {
  const command = ['oaieval', 'ftä:"x"\\', 'é.dev\u2028', '😀\u007f\t\n\b\f\r\u0001', '--x=/a b', ''];
  const python = execFileSync('python3', ['-c', 'import json,sys; print(json.dumps(json.load(sys.stdin)))'], {
    input: JSON.stringify(command),
    encoding: 'utf8',
  });
  expect(`${formatCommand(command)}\n`).toBe(python);
});
