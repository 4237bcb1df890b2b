import { describe, expect, test } from 'vitest';
import type { Log } from '../../../src/log.ts';
import { BufferedLog, heartbeat, type RunningNow, type RunSoFar } from '../../../src/run/live-log.ts';

/** A log that notes everything in order, groups with their end. */
function notedLog(): Log & { readonly noted: string[] } {
  const noted: string[] = [];
  const note = (kind: string) => (text: string, title?: string) => {
    noted.push(`${kind}: ${title === undefined ? '' : `${title}: `}${text}`);
  };
  return {
    noted,
    debug: note('debug'),
    info: note('info'),
    warning: note('warning'),
    error: note('error'),
    child: note('child'),
    hide: (secret) => note('hide')(secret),
    redact: (text) => text,
    group: async (title, work) => {
      note('group')(title);
      const result = await work();
      note('end')(title);
      return result;
    },
  };
}

describe('BufferedLog', () => {
  test('what an eval prints is kept until it is printed, as one group in the order it came', async () => {
    const log = notedLog();
    const kept = new BufferedLog(log);
    kept.info('attempt 1');
    kept.child('from the eval');
    await expect(
      kept.group('inner', async () => {
        kept.child('inside');
        return 7;
      }),
    ).resolves.toBe(7);
    expect(log.noted).toEqual([]);
    await kept.print('[1/2] a … done in 3 s');
    expect(log.noted).toEqual([
      'group: [1/2] a … done in 3 s',
      'info: attempt 1',
      'child: from the eval',
      'info: inner',
      'child: inside',
      'end: [1/2] a … done in 3 s',
    ]);
  });

  test('annotations and debug output are not held back', () => {
    const log = notedLog();
    const kept = new BufferedLog(log);
    kept.info('held');
    kept.warning('careful', 'Title');
    kept.error('broken', 'Other');
    kept.debug('detail');
    expect(log.noted).toEqual(['warning: Title: careful', 'error: Other: broken', 'debug: detail']);
  });

  test('the last 2,000 lines are kept, and how many are not is said', async () => {
    const log = notedLog();
    const kept = new BufferedLog(log);
    for (let line = 1; line <= 100_000; line += 1) kept.child(`line ${line}`);
    await kept.print('title');
    expect(log.noted).toHaveLength(2_003);
    expect(log.noted.slice(0, 3)).toEqual([
      'group: title',
      'info: (98,000 earlier lines are left out)',
      'child: line 98001',
    ]);
    expect(log.noted.at(-2)).toBe('child: line 100000');
  });

  test('2,000 lines are all kept', async () => {
    const log = notedLog();
    const kept = new BufferedLog(log);
    for (let line = 1; line <= 2_000; line += 1) kept.child(`line ${line}`);
    await kept.print('title');
    expect(log.noted).toHaveLength(2_002);
    expect(log.noted[1]).toBe('child: line 1');
  });

  test('long lines are bounded together, and the last line is kept whatever its length', async () => {
    const log = notedLog();
    const kept = new BufferedLog(log);
    for (let line = 0; line < 500; line += 1) kept.child(String(line).padEnd(60_000, '.'));
    await kept.print('title');
    const characters = log.noted.reduce((sum, each) => sum + each.length, 0);
    expect(characters).toBeLessThan(1_200_000);
    expect(characters).toBeGreaterThan(900_000);
    expect(log.noted.at(-2)).toMatch(/^child: 499\./);

    const other = notedLog();
    const one = new BufferedLog(other);
    one.child('short');
    one.child('x'.repeat(3_000_000));
    await one.print('title');
    expect(other.noted.map((each) => each.length > 1_000)).toEqual([false, false, true, false]);
  });
});

describe('heartbeat', () => {
  const since = Date.parse('2026-01-01T00:00:00.000Z');
  const running = (name: string, changes: Partial<RunningNow> & { readonly answers?: number } = {}) => {
    const { answers, ...rest } = changes;
    const progress = answers === undefined ? undefined : { answers: () => answers, tokens: () => 0 };
    return { name, since, samples: null, expected: 0, progress, ...rest };
  };
  const run = (changes: Partial<RunSoFar> = {}): RunSoFar => ({
    running: [],
    ended: 0,
    total: 4,
    expectedEnded: 0,
    expectedWaiting: 0,
    since,
    ...changes,
  });

  test('names what runs, with its answers, their rate and how long it has run', () => {
    const now = since + 10_000;
    const text = heartbeat(
      run({
        ended: 3,
        total: 28,
        running: [
          running('a', { samples: 1500, answers: 1200 }),
          running('b', { answers: 2, since: now - 4_000 }),
          running('c', { samples: 5, answers: 0 }),
          running('d'),
        ],
      }),
      now,
    );
    expect(text).toBe(
      '3 of 28 evals have ended; running: a (1,200 of 1,500 answers, 120 a second, for 10.0 s), ' +
        'b (2 answers, 0.50 a second, for 4.0 s), c (0 of 5 answers, for 10.0 s), d (0 answers, for 10.0 s)',
    );
  });

  test('an eval that asks more than once a sample is not said to be beyond its end', () => {
    const text = heartbeat(run({ running: [running('a', { samples: 5, answers: 6 })] }), since + 6_000);
    expect(text).toContain('a (6 answers,');
  });

  test('nothing runs: says so, and guesses nothing', () => {
    expect(heartbeat(run(), since + 1_000)).toBe('0 of 4 evals have ended; running: none');
  });

  test('the time left comes from what was expected and how fast that went', () => {
    // Expected: 60 s of 240 s are done, and took 30 s.
    const text = heartbeat(
      run({
        ended: 1,
        expectedEnded: 40_000,
        expectedWaiting: 100_000,
        running: [running('a', { samples: 10, answers: 2, expected: 100_000 })],
      }),
      since + 30_000,
    );
    expect(text).toMatch(/; about 1 min 30 s left$/);
  });

  test('an eval counts as done at most once for the time left', () => {
    const of = (answers: number) =>
      heartbeat(
        run({
          expectedWaiting: 50_000,
          running: [running('a', { samples: 10, answers, expected: 50_000 })],
        }),
        since + 30_000,
      );
    expect(of(40).split('; ').at(-1)).toBe(of(10).split('; ').at(-1));
    expect(of(10)).toMatch(/about 30.0 s left$/);
  });

  test('without any progress it says no time', () => {
    const text = heartbeat(
      run({ expectedWaiting: 50_000, running: [running('a', { samples: 10, expected: 50_000 })] }),
      since + 30_000,
    );
    expect(text).not.toContain('left');
  });
});
