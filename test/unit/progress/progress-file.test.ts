import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { formatCommand } from '../../../src/model/command.ts';
import { formatProgress, parseProgress } from '../../../src/progress/progress-file.ts';

const a = ['oaieval', 'gpt-4', 'a.dev.v0'];
const b = ['oaieval', 'gpt-4', 'b.dev.v0', '--max_samples', '5'];

describe('reading', () => {
  test('reads JSON lines, as oaievalset writes them', () => {
    const text = '["oaieval", "gpt-4", "a.dev.v0"]\n["oaieval", "gpt-4", "b.dev.v0", "--max_samples", "5"]\n';
    expect(parseProgress(text)).toEqual({ commands: [a, b], rejected: undefined });
  });

  test('reads the plain text of old releases, and gives arguments with blanks their boundaries back', () => {
    const known = ['oaieval', 'gpt-4', 'a.dev.v0', '--extra_eval_params', 'x=a b'];
    const text = 'oaieval gpt-4 a.dev.v0 --extra_eval_params x=a b\noaieval gpt-4 b.dev.v0 --max_samples 5\n';
    const parsed = parseProgress(text, [known]);
    expect(parsed.commands).toEqual([known, b]);
  });

  test.each([
    ['cut in the middle of a line', '["oaieval", "gpt-4", "a.dev.v0"]\n["oaieval", "gp', [a]],
    ['cut before the newline', '["oaieval", "gpt-4", "a.dev.v0"]', [a]],
    ['cut plain text is no command', '["oaieval", "gpt-4", "a.dev.v0"]\noaieval gpt-4 b.dev', [a]],
    ['blank lines', '\n["oaieval", "gpt-4", "a.dev.v0"]\n\n', [a]],
    ['Windows line ends', '["oaieval", "gpt-4", "a.dev.v0"]\r\n', [a]],
    ['Windows line ends in plain text', 'oaieval gpt-4 a.dev.v0\r\n', [a]],
  ])('heals a file that was %s', (_, text, commands) => {
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
  ])('rejects the line %j and keeps the others', (line) => {
    const parsed = parseProgress(`${line}\n${formatProgress([a])}`);
    expect(parsed).toEqual({ commands: [a], rejected: '1 of its lines are not oaievalset commands' });
  });

  test('rejects a file of more lines than any eval set has, as a whole', () => {
    const { commands, rejected } = parseProgress(formatProgress([a]).repeat(200_001));
    expect({ commands, rejected }).toEqual({ commands: [], rejected: 'it has more than 200000 lines' });
  });

  test.each(['\u2028', '\u2029', '\r', '\u0085'])('does not end a line at %j', (separator) => {
    const command = ['oaieval', 'gpt-4', 'a.dev.v0', '--user', `x${separator}y`];
    // JSON may hold them as they are, other than Python writes them.
    const text = `${JSON.stringify(command)}\n${formatProgress([b])}`;
    expect(parseProgress(text)).toEqual({ commands: [command, b], rejected: undefined });
  });

  test('an empty file is valid and holds nothing', () => {
    expect(parseProgress('')).toEqual({ commands: [], rejected: undefined });
  });
});

test('writes byte for byte what Python writes', () => {
  const command = ['oaieval', 'ftä:"x"\\', 'é.dev\u2028', '😀\u007f\t\n\b\f\r\u0001', '--x=/a b', ''];
  const python = execFileSync('python3', ['-c', 'import json,sys; print(json.dumps(json.load(sys.stdin)))'], {
    input: JSON.stringify(command),
    encoding: 'utf8',
  });
  expect(`${formatCommand(command)}\n`).toBe(python);
});
