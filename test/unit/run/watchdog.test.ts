import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type EvalTimeouts, type Watchdog, watchEval } from '../../../src/run/watchdog.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

let traffic = 0;
function watch(limits: Partial<EvalTimeouts> = {}): Watchdog {
  traffic = 0;
  return watchEval({ evalTimeout: undefined, stallTimeout: 10 * MINUTE, ...limits }, () => traffic);
}

const reason = ({ tripped }: Watchdog): string | undefined =>
  tripped.aborted ? (tripped.reason as Error).message : undefined;

test('an eval that does nothing at all is noticed', () => {
  const watching = watch();
  vi.advanceTimersByTime(10 * MINUTE - 1);
  expect(reason(watching)).toBeUndefined();
  vi.advanceTimersByTime(1);
  expect(reason(watching)).toBe(
    'it did nothing for the stall-timeout of 10 min 0 s; it sent no request, and it printed nothing',
  );
});

test('each request, answer and line gives it time, and the last of them is told', () => {
  const watching = watch();
  vi.advanceTimersByTime(9 * MINUTE);
  traffic = Date.now();
  vi.advanceTimersByTime(9 * MINUTE);
  watching.printed('[oaieval.py:215] Running\u2026');
  vi.advanceTimersByTime(9 * MINUTE);
  traffic = Date.now();
  vi.advanceTimersByTime(10 * MINUTE - 1);
  expect(reason(watching)).toBeUndefined();
  vi.advanceTimersByTime(1);
  expect(reason(watching)).toBe(
    'it did nothing for the stall-timeout of 10 min 0 s; its last request or answer was 10 min 0 s ago, ' +
      'and it printed last, 19 min 0 s ago: [oaieval.py:215] Running\u2026',
  );
});

test('a busy eval may take as long as it wants, unless there is an eval-timeout', () => {
  const busy = watch({ stallTimeout: MINUTE });
  const bounded = watch({ stallTimeout: MINUTE, evalTimeout: 90 * MINUTE });
  for (let minute = 0; minute < 180; minute += 1) {
    traffic = Date.now();
    vi.advanceTimersByTime(MINUTE / 2);
    traffic = Date.now();
    vi.advanceTimersByTime(MINUTE / 2);
    if (minute === 88) expect(reason(bounded)).toBeUndefined();
  }
  expect(reason(busy)).toBeUndefined();
  expect(reason(bounded)).toMatch(/^it took longer than the eval-timeout of 1 h 30 min; its last request/);
});

test('what was sent before it began, by an earlier attempt, does not count', () => {
  const watching = watch({ stallTimeout: MINUTE });
  traffic = NOW - 1;
  vi.advanceTimersByTime(MINUTE);
  expect(reason(watching)).toMatch(/; it sent no request, and/);
});

test('a long line is cut', () => {
  const watching = watch({ stallTimeout: MINUTE });
  watching.printed('x'.repeat(10_000));
  vi.advanceTimersByTime(2 * MINUTE);
  expect(reason(watching)).toMatch(/: x{300}$/);
});

test('watchdog: an eval-timeout of 24 days, the longest that the input allows, does not pass at once', () => {
  const watching = watch({ stallTimeout: 100 * DAY, evalTimeout: 24 * DAY });
  vi.advanceTimersByTime(MINUTE);
  expect(reason(watching)).toBeUndefined();
});

test('closed, it notices nothing and leaves no timer', () => {
  const watching = watch({ stallTimeout: MINUTE, evalTimeout: MINUTE });
  watching.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(DAY);
  expect(reason(watching)).toBeUndefined();
});

test('blanks around what was printed last, and lines of nothing else, are not told', () => {
  const watching = watch({ stallTimeout: MINUTE });
  watching.printed('  20%|██        | 1/5 ');
  watching.printed('  ');
  vi.advanceTimersByTime(MINUTE);
  expect(reason(watching)).toMatch(/ ago: 20%\|██ {8}\| 1\/5$/);
});

test('an eval that prints only what its client repeats is stalled, and the cause is in the message', () => {
  const watching = watch({ stallTimeout: MINUTE });
  for (let second = 0; second < 59; second += 1) {
    watching.printed(
      `Backing off create_retrying(...) for ${second}.2s (openai.APIConnectionError: Connection error.)`,
    );
    vi.advanceTimersByTime(1000);
  }
  expect(reason(watching)).toBeUndefined();
  watching.printed(
    'Backing off create_retrying(...) for 9.9s (openai.APIConnectionError: Connection error.)',
  );
  vi.advanceTimersByTime(MINUTE / 10);
  expect(reason(watching)).toBe(
    'it did nothing for the stall-timeout of 1 min 0 s; it sent no request, and the likely cause is what it printed last: ' +
      'Backing off create_retrying(...) for 9.9s (openai.APIConnectionError: Connection error.)',
  );
});

test('an eval that prints the same line again and again is stalled', () => {
  const watching = watch({ stallTimeout: MINUTE });
  for (let second = 0; second < 70; second += 1) {
    watching.printed('polling');
    vi.advanceTimersByTime(1000);
  }
  expect(reason(watching)).toMatch(/ and it printed last, .* ago: polling \(which it had printed before\)$/);
});

test('a client that tries again while requests are answered is not stalled', () => {
  const watching = watch({ stallTimeout: MINUTE });
  for (let second = 0; second < 300; second += 1) {
    watching.printed('Retrying request to /chat/completions in 0.5 seconds');
    traffic = Date.now();
    vi.advanceTimersByTime(1000);
  }
  expect(reason(watching)).toBeUndefined();
});

test('what an eval complained of before its last request is not the cause of a stall', () => {
  const watching = watch({ stallTimeout: MINUTE });
  watching.printed('Retrying request to /chat/completions in 0.5 seconds');
  vi.advanceTimersByTime(1000);
  traffic = Date.now();
  vi.advanceTimersByTime(2 * MINUTE);
  expect(reason(watching)).toMatch(
    /ago, and it printed last, .* ago: Retrying request to \S+ in 0\.5 seconds/,
  );
});

test('output that gets on ends what an eval complained of', () => {
  const watching = watch({ stallTimeout: MINUTE });
  watching.printed('openai.APIConnectionError: Connection error.');
  vi.advanceTimersByTime(1000);
  watching.printed('sample 17 is done');
  vi.advanceTimersByTime(2 * MINUTE);
  expect(reason(watching)).toMatch(/, and it printed last, .* ago: sample 17 is done$/);
});

test('of a traceback the exception is what an eval complained of', () => {
  const watching = watch({ stallTimeout: MINUTE });
  for (let round = 0; round < 100; round += 1) {
    for (const line of [
      'Traceback (most recent call last):',
      '  File "/own/solver.py", line 12, in solve',
      '    raise ValueError(answer)',
      `ValueError: no answer to req_${round}a`,
      '  ',
    ])
      watching.printed(line);
    vi.advanceTimersByTime(1000);
  }
  expect(reason(watching)).toMatch(
    / and the likely cause is what it printed last: ValueError: no answer to req_\d+a$/,
  );
});
