/** Processes in groups of their own: how they end, what they leave behind, and what they print. Real processes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type ProcessGroup, readLines, spawnGroup } from '../../../src/process/group.ts';
import { temporaryDirectory } from '../../helpers/builders.ts';

interface Started {
  readonly group: ProcessGroup;
  readonly lines: readonly string[];
  untilLine(text: string): Promise<void>;
}

function shell(script: string, ...args: string[]): Started {
  const lines: string[] = [];
  const cwd = temporaryDirectory();
  const group = spawnGroup('/bin/sh', ['-c', script, 'sh', ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '' },
    onLine: (line) => lines.push(line),
  });
  onTestFinished(() => group.signal('SIGKILL'));
  return {
    group,
    lines,
    untilLine: (text) => vi.waitFor(() => expect(lines).toContain(text), { timeout: 30_000 }),
  };
}

/** Whether a process is there and has not ended. */
function runs(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('the end of a group', () => {
  test.each([
    ['by itself, with a code', 'exit 3', undefined, { code: 3, signal: null }],
    ['by a signal', 'echo there; exec sleep 600', 'SIGTERM', { code: null, signal: 'SIGTERM' }],
  ] as const)('%s', async (_, script, signal, expected) => {
    const { group, untilLine } = shell(script);
    if (signal) {
      await untilLine('there');
      group.signal(signal);
    }
    await expect(group.exit).resolves.toEqual(expected);
  });

  test('what cannot be started is told, and a signal to it harms nobody', async () => {
    const program = join(temporaryDirectory(), 'none');
    const group = spawnGroup(program, [], { cwd: '/', env: {}, onLine() {} });
    await expect(group.exit).rejects.toThrow('ENOENT');
    expect(() => group.signal('SIGCONT')).not.toThrow();
  });

  test('a signal to a group that is gone does nothing', async () => {
    const { group } = shell('true');
    await group.exit;
    expect(() => group.signal('SIGINT')).not.toThrow();
  });

  test('a signal reaches every process of it', async () => {
    const { group, lines, untilLine } = shell('sleep 600 & echo $!; echo there; wait');
    await untilLine('there');
    const pid = Number(lines[0]);
    group.signal('SIGKILL');
    await group.exit;
    await vi.waitFor(() => expect(runs(pid)).toBe(false), { timeout: 30_000 });
  });

  test('what it leaves running is killed, and not waited for', async () => {
    const { group, lines } = shell('sleep 600 & echo $!');
    await expect(group.exit).resolves.toEqual({ code: 0, signal: null });
    await vi.waitFor(() => expect(runs(Number(lines[0]))).toBe(false), { timeout: 30_000 });
  });

  test.runIf(process.platform === 'linux')(
    'what has left the group, and holds its output, is not waited for',
    async () => {
      const leaves = `mkfifo left; setsid sh -c 'echo $$ > left; exec sleep 600' & read pid < left; echo $pid`;
      const { group, lines } = shell(leaves);
      await expect(group.exit).resolves.toEqual({ code: 0, signal: null });
      process.kill(Number(lines[0]), 'SIGKILL');
    },
  );
});

describe('the lines of a stream', () => {
  test.each<[string, (string | Buffer)[], string[]]>([
    ['whole ones', ['a\nb\n'], ['a', 'b']],
    [
      'in pieces, within a letter too',
      ['a', 'b\nc', Buffer.from([0xc3]), Buffer.from([0xbc, 10])],
      ['ab', 'cü'],
    ],
    ['the last one, without its newline', ['a\nb'], ['a', 'b']],
    ['nothing of empty ones', ['\n\na\n\n'], ['a']],
    ['of a progress bar, what stands there at the end', ['1%\r2%\r', '3%\r\n'], ['3%']],
    [
      'of a progress bar with text behind it, its last state and the text',
      ['\r  0%|   | 0/2 [00:00<?]\r 50%|█  | 1/2 [00:00<00:00]', 'Evaluating 2 samples\n'],
      [' 50%|█  | 1/2 [00:00<00:00]Evaluating 2 samples'],
    ],
    [
      'whole ones that hold a carriage return',
      ['ValueError: "a\rb" is none\r\nx\n'],
      ['ValueError: "a\rb" is none', 'x'],
    ],
    [
      'whole ones that hold separators of Unicode',
      ['a\u2028b\u2029c\u0085d\ve\ff\n'],
      ['a\u2028b\u2029c\u0085d\ve\ff'],
    ],
    ['bytes that are no text', [Buffer.from([0xff, 0x61, 10])], ['\ufffda']],
    [
      'of one that has no end, the end',
      [...Array.from({ length: 10 }, () => 'x'.repeat(64 * 1024)), 'end\n'],
      [`${'x'.repeat(64 * 1024)}end`],
    ],
  ])('%s', async (_, pieces, expected) => {
    const stream = new PassThrough();
    const lines: string[] = [];
    readLines(stream, (line) => lines.push(line));
    for (const piece of pieces) stream.write(piece);
    stream.end();
    await new Promise((resolve) => stream.once('close', resolve));
    expect(lines).toEqual(expected);
  });
});
