/** Real processes in their own groups: how they end, what they leave running, and what they print. */
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

/** Whether a process exists and has not ended. */
function runs(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('process group: its end', () => {
  test.each([
    ['by itself has an exit code', 'exit 3', undefined, { code: 3, signal: null }],
    [
      'by a signal has that signal',
      'echo there; exec sleep 600',
      'SIGTERM',
      { code: null, signal: 'SIGTERM' },
    ],
  ] as const)('process group: an end %s', async (_, script, signal, expected) => {
    const { group, untilLine } = shell(script);
    if (signal) {
      await untilLine('there');
      group.signal(signal);
    }
    await expect(group.exit).resolves.toEqual(expected);
  });

  test('process group: a program that cannot be started rejects, and a signal to it does nothing', async () => {
    const program = join(temporaryDirectory(), 'none');
    const group = spawnGroup(program, [], { cwd: '/', env: {}, onLine() {} });
    await expect(group.exit).rejects.toThrow('ENOENT');
    expect(() => group.signal('SIGCONT')).not.toThrow();
  });

  test('process group: a signal to a group that has ended does nothing', async () => {
    const { group } = shell('true');
    await group.exit;
    expect(() => group.signal('SIGINT')).not.toThrow();
  });

  test('process group: a signal reaches every process of the group', async () => {
    const { group, lines, untilLine } = shell('sleep 600 & echo $!; echo there; wait');
    await untilLine('there');
    const pid = Number(lines[0]);
    group.signal('SIGKILL');
    await group.exit;
    await vi.waitFor(() => expect(runs(pid)).toBe(false), { timeout: 30_000 });
  });

  test('process group: processes that the leader leaves running are killed', async () => {
    const { group, lines } = shell('sleep 600 & echo $!');
    await expect(group.exit).resolves.toEqual({ code: 0, signal: null });
    await vi.waitFor(() => expect(runs(Number(lines[0]))).toBe(false), { timeout: 30_000 });
  });

  test.runIf(process.platform === 'linux')(
    'process group: a process that left the group and keeps its output open is not waited for',
    async () => {
      const leaves = `mkfifo left; setsid sh -c 'echo $$ > left; exec sleep 600' & read pid < left; echo $pid`;
      const { group, lines } = shell(leaves);
      await expect(group.exit).resolves.toEqual({ code: 0, signal: null });
      process.kill(Number(lines[0]), 'SIGKILL');
    },
  );
});

describe('lines of a stream', () => {
  test.each<[string, (string | Buffer)[], string[]]>([
    ['complete ones', ['a\nb\n'], ['a', 'b']],
    [
      'ones in several chunks, even within a character',
      ['a', 'b\nc', Buffer.from([0xc3]), Buffer.from([0xbc, 10])],
      ['ab', 'cü'],
    ],
    ['a last one without its newline', ['a\nb'], ['a', 'b']],
    ['empty ones, which are dropped', ['\n\na\n\n'], ['a']],
    ['a progress bar, of which the last state counts', ['1%\r2%\r', '3%\r\n'], ['3%']],
    [
      'a progress bar with text after it',
      ['\r  0%|   | 0/2 [00:00<?]\r 50%|█  | 1/2 [00:00<00:00]', 'Evaluating 2 samples\n'],
      [' 50%|█  | 1/2 [00:00<00:00]Evaluating 2 samples'],
    ],
    [
      'ones that contain a carriage return',
      ['ValueError: "a\rb" is none\r\nx\n'],
      ['ValueError: "a\rb" is none', 'x'],
    ],
    [
      'ones that contain Unicode separators',
      ['a\u2028b\u2029c\u0085d\ve\ff\n'],
      ['a\u2028b\u2029c\u0085d\ve\ff'],
    ],
    ['bytes that are not UTF-8', [Buffer.from([0xff, 0x61, 10])], ['\ufffda']],
    [
      'one without an end, of which the last part counts',
      [...Array.from({ length: 10 }, () => 'x'.repeat(64 * 1024)), 'end\n'],
      [`${'x'.repeat(64 * 1024)}end`],
    ],
  ])('lines of a stream: %s', async (_, pieces, expected) => {
    const stream = new PassThrough();
    const lines: string[] = [];
    readLines(stream, (line) => lines.push(line));
    for (const piece of pieces) stream.write(piece);
    stream.end();
    await new Promise((resolve) => stream.once('close', resolve));
    expect(lines).toEqual(expected);
  });
});
