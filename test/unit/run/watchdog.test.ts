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
  return watchEval({ evalTimeoutMs: undefined, stallTimeoutMs: 10 * MINUTE, ...limits }, () => traffic);
}

const reason = ({ tripped }: Watchdog): string | undefined =>
  tripped.aborted ? (tripped.reason as Error).message : undefined;

test('watchdog: stall-timeout trips for an eval that does nothing', () => {
  const watching = watch();
  vi.advanceTimersByTime(10 * MINUTE - 1);
  expect(reason(watching)).toBeUndefined();
  vi.advanceTimersByTime(1);
  expect(reason(watching)).toBe(
    'it did nothing for the stall-timeout of 10 min 0 s; it sent no request, and it printed nothing',
  );
});

test('watchdog: each request, response and line restarts the stall-timeout, and the reason names the last ones', () => {
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
    'it did nothing for the stall-timeout of 10 min 0 s; its last request or response was 10 min 0 s ago, ' +
      'and the last line it printed, 19 min 0 s ago, was: [oaieval.py:215] Running\u2026',
  );
});

test('watchdog: an eval with traffic never stalls, and only eval-timeout trips', () => {
  const busy = watch({ stallTimeoutMs: MINUTE });
  const bounded = watch({ stallTimeoutMs: MINUTE, evalTimeoutMs: 90 * MINUTE });
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

test('watchdog: traffic of an earlier attempt does not count', () => {
  const watching = watch({ stallTimeoutMs: MINUTE });
  traffic = NOW - 1;
  vi.advanceTimersByTime(MINUTE);
  expect(reason(watching)).toMatch(/; it sent no request, and/);
});

test('watchdog: a long line is truncated in the reason', () => {
  const watching = watch({ stallTimeoutMs: MINUTE });
  watching.printed('x'.repeat(10_000));
  vi.advanceTimersByTime(2 * MINUTE);
  expect(reason(watching)).toMatch(/: x{300}$/);
});

test('watchdog: an eval-timeout of 24 days, the longest that the input allows, does not trip at once', () => {
  const watching = watch({ stallTimeoutMs: 100 * DAY, evalTimeoutMs: 24 * DAY });
  vi.advanceTimersByTime(MINUTE);
  expect(reason(watching)).toBeUndefined();
});

test('watchdog: after close nothing trips, and no timer is left', () => {
  const watching = watch({ stallTimeoutMs: MINUTE, evalTimeoutMs: MINUTE });
  watching.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(DAY);
  expect(reason(watching)).toBeUndefined();
});

test('watchdog: blank lines, and blanks around the last line, are not in the reason', () => {
  const watching = watch({ stallTimeoutMs: MINUTE });
  watching.printed('  20%|██        | 1/5 ');
  watching.printed('  ');
  vi.advanceTimersByTime(MINUTE);
  expect(reason(watching)).toMatch(/ ago, was: 20%\|██ {8}\| 1\/5$/);
});

test('watchdog: an eval that prints only retries of its client stalls, and the reason has the likely cause', () => {
  const watching = watch({ stallTimeoutMs: MINUTE });
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
    'it did nothing for the stall-timeout of 1 min 0 s; it sent no request, and the likely cause is the last problem it printed: ' +
      'Backing off create_retrying(...) for 9.9s (openai.APIConnectionError: Connection error.)',
  );
});

test('watchdog: an eval that repeats one line stalls', () => {
  const watching = watch({ stallTimeoutMs: MINUTE });
  for (let second = 0; second < 70; second += 1) {
    watching.printed('polling');
    vi.advanceTimersByTime(1000);
  }
  expect(reason(watching)).toMatch(
    / and the last line it printed, .* ago, was: polling \(which it had printed before\)$/,
  );
});

test('watchdog: an eval whose client retries while other requests get responses does not stall', () => {
  const watching = watch({ stallTimeoutMs: MINUTE });
  for (let second = 0; second < 300; second += 1) {
    watching.printed('Retrying request to /chat/completions in 0.5 seconds');
    traffic = Date.now();
    vi.advanceTimersByTime(1000);
  }
  expect(reason(watching)).toBeUndefined();
});

test('watchdog: a complaint before the last traffic is not the likely cause', () => {
  const watching = watch({ stallTimeoutMs: MINUTE });
  watching.printed('Retrying request to /chat/completions in 0.5 seconds');
  vi.advanceTimersByTime(1000);
  traffic = Date.now();
  vi.advanceTimersByTime(2 * MINUTE);
  expect(reason(watching)).toMatch(
    /ago, and the last line it printed, .* ago, was: Retrying request to \S+ in 0\.5 seconds/,
  );
});

test('watchdog: a complaint before new output is not the likely cause', () => {
  const watching = watch({ stallTimeoutMs: MINUTE });
  watching.printed('openai.APIConnectionError: Connection error.');
  vi.advanceTimersByTime(1000);
  watching.printed('sample 17 is done');
  vi.advanceTimersByTime(2 * MINUTE);
  expect(reason(watching)).toMatch(/, and the last line it printed, .* ago, was: sample 17 is done$/);
});

test('watchdog: of repeated tracebacks, the exception is the likely cause', () => {
  const watching = watch({ stallTimeoutMs: MINUTE });
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
    / and the likely cause is the last problem it printed: ValueError: no answer to req_\d+a$/,
  );
});
