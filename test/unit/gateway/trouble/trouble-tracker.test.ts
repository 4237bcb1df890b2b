import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TroubleTracker } from '../../../../src/gateway/trouble/trouble-tracker.ts';
import type { TroubleKind } from '../../../../src/model/api-trouble.ts';

const START = 1_000_000;

/** A tracker with a clock of whole seconds, which notes what it reports. */
function tracked() {
  const tracker = new TroubleTracker();
  const reports: string[] = [];
  let second = 0;
  const now = () => START + second * 1000;
  const check = (): void => {
    const report = tracker.check(now());
    if (!report) return;
    const { change, trouble } = report;
    const { cause, since, until, failed, succeeded } = trouble;
    const [from, to] = [since, until].map((at) => (at - START) / 1000);
    reports.push(
      `${second}: ${change} ${cause.kind} from ${from} to ${to}, ${failed} failed, ${succeeded} succeeded`,
    );
  };
  return {
    tracker,
    reports,
    now,
    /** Each second until `end`: this many requests fail, and this many succeed. */
    until(end: number, failures: number, successes: number, kind: TroubleKind = 'server-error') {
      for (; second < end; second += 1) {
        for (let n = 0; n < failures; n += 1)
          tracker.failed({ cause: { kind, detail: 'x' }, sentAt: now(), retryAt: now() + 500 }, now());
        for (let n = 0; n < successes; n += 1) tracker.responded(true, now());
        check();
      }
    },
    /** One request fails, and waits this many seconds to be retried. */
    fail(waitS: number, kind: TroubleKind = 'server-error', tookS = 0) {
      const cause = { kind, detail: 'x' };
      tracker.failed({ cause, sentAt: now() - tookS * 1000, retryAt: now() + waitS * 1000 }, now());
      check();
    },
    succeed() {
      tracker.responded(true, now());
      check();
    },
    worst: () => tracker.worst(now()),
    current: () => tracker.current(now()),
  };
}

describe('API trouble: what is none', () => {
  test('API trouble: failures of a few seconds are none, however many requests fail', () => {
    const api = tracked();
    api.until(6, 32, 0);
    api.until(30, 0, 10);
    expect(api.reports).toEqual([]);
    expect(api.worst()).toBeUndefined();
    expect(api.tracker.isOpen).toBe(false);
  });

  test('API trouble: a request in three that fails for minutes is none', () => {
    const api = tracked();
    api.until(300, 2, 4);
    expect(api.reports).toEqual([]);
    expect(api.current()).toBeUndefined();
  });

  test('API trouble: one failure is none while its retry waits for a slow response', () => {
    const api = tracked();
    api.fail(1);
    api.until(60, 0, 0);
    expect(api.reports).toEqual([]);
    api.succeed();
    api.until(63, 0, 0);
    expect(api.tracker.isOpen).toBe(false);
  });
});

describe('API trouble: what is reported', () => {
  test('API trouble: an API that is down is reported within ten seconds, and with its end', () => {
    const api = tracked();
    api.until(20, 3, 0);
    api.until(30, 0, 7);
    expect(api.reports).toEqual([
      '8: began server-error from 0 to 8, 27 failed, 0 succeeded',
      '25: ended server-error from 0 to 20, 60 failed, 0 succeeded',
    ]);
    expect(api.tracker.isOpen).toBe(false);
  });

  test('API trouble: a pause of 20 s that a rate limit asks for is reported while nothing else comes', () => {
    const api = tracked();
    api.fail(20, 'rate-limit');
    api.until(20, 0, 0);
    expect(api.reports).toEqual(['8: began rate-limit from 0 to 8, 1 failed, 0 succeeded']);
    expect(api.current()).toMatchObject({ since: START, until: api.now(), isLasting: true });
  });

  test('API trouble: a timeout counts from when the request was sent', () => {
    const api = tracked();
    api.until(30, 0, 0);
    api.fail(1, 'timeout', 25);
    expect(api.reports).toEqual(['30: began timeout from 5 to 30, 1 failed, 0 succeeded']);
  });

  test('API trouble: a timeout does not count from before the last response', () => {
    const api = tracked();
    api.until(28, 0, 1);
    api.until(30, 0, 0);
    api.fail(1, 'timeout', 25);
    expect(api.reports).toEqual([]);
  });

  test('API trouble: an API that lets a few requests through counts them', () => {
    const api = tracked();
    api.until(10, 4, 1);
    expect(api.reports).toEqual(['8: began server-error from 0 to 8, 36 failed, 9 succeeded']);
  });

  test('API trouble: while it lasts it is reported at growing intervals', () => {
    const api = tracked();
    api.until(1000, 1, 0);
    expect(api.reports.map((line) => line.replace(/ server.*/, ''))).toEqual([
      '8: began',
      '68: lasts',
      '188: lasts',
      '428: lasts',
      '908: lasts',
    ]);
  });

  test('API trouble: while no request is sent it is not reported again', () => {
    const api = tracked();
    api.until(10, 1, 0);
    api.until(500, 0, 0);
    expect(api.reports).toHaveLength(1);
  });

  test('API trouble: another cause is reported once it is the only one', () => {
    const api = tracked();
    api.until(15, 1, 0, 'refused-connection');
    api.until(30, 1, 0, 'rate-limit');
    expect(api.reports).toEqual([
      '8: began refused-connection from 0 to 8, 9 failed, 0 succeeded',
      '18: other-cause rate-limit from 0 to 18, 19 failed, 0 succeeded',
    ]);
  });

  test('API trouble: causes that take turns are not reported as changes', () => {
    const api = tracked();
    for (let second = 1; second <= 60; second += 1)
      api.until(second, 1, 0, second % 2 === 0 ? 'server-error' : 'rate-limit');
    expect(api.reports).toHaveLength(1);
  });

  test('API trouble: an API that comes and goes is reported less and less often', () => {
    const api = tracked();
    for (let cycle = 0; cycle < 60; cycle += 1) {
      api.until(cycle * 60 + 30, 2, 0);
      api.until(cycle * 60 + 60, 0, 5);
    }
    // In an hour, the first four troubles are reported one by one, and all later ones count as one.
    expect(api.reports.filter((line) => line.includes('began'))).toHaveLength(4);
    expect(api.reports.length).toBeLessThan(20);
  });
});

describe('API trouble: at the end of a run', () => {
  test('API trouble: the end of a run names the one that lasts, or else the longest', () => {
    const api = tracked();
    api.until(60, 1, 0, 'rate-limit');
    api.until(100, 0, 5);
    expect(api.worst()).toMatchObject({ cause: { kind: 'rate-limit' }, isLasting: false });
    api.until(115, 1, 0, 'refused-connection');
    expect(api.worst()).toMatchObject({ cause: { kind: 'refused-connection' }, isLasting: true });
    api.until(150, 0, 5);
    expect(api.worst()).toMatchObject({ cause: { kind: 'rate-limit' }, isLasting: false });
  });

  test('API trouble: a run that ends before it could be reported names it if nothing ever came', () => {
    const api = tracked();
    api.until(5, 3, 0, 'rate-limit');
    expect(api.reports).toEqual([]);
    expect(api.worst()).toMatchObject({ isLasting: true, failed: 15 });
  });

  test('API trouble: a run that ends soon after the API responds again reports that', () => {
    const api = tracked();
    api.until(20, 1, 0);
    api.succeed();
    api.until(22, 0, 3);
    // The failures of the last seconds outnumber the first successes.
    expect(api.tracker.finish()).toMatchObject({ change: 'ended', trouble: { isLasting: false } });
    expect(api.tracker.finish()).toBeUndefined();
    expect(api.worst()).toMatchObject({ failed: 20 });
  });

  test('API trouble: it is over when all that failed has succeeded, although nothing else comes', () => {
    const api = tracked();
    api.until(20, 3, 0);
    for (let n = 0; n < 3; n += 1) api.succeed();
    expect(api.current()).toMatchObject({ failed: 60 });
    api.until(30, 0, 0);
    expect(api.reports.at(-1)).toMatch(/ended/);
    expect(api.current()).toBeUndefined();
  });

  test('API trouble: while it lasts, the end of a run is not its end', () => {
    const api = tracked();
    api.until(20, 1, 0);
    expect(api.tracker.finish()).toBeUndefined();
  });
});

test('API trouble: errors that concern one request show that the API responds, but are no successes', () => {
  const api = tracked();
  api.until(10, 1, 0);
  for (let n = 0; n < 10; n += 1) api.tracker.responded(false, api.now());
  api.until(20, 0, 0);
  expect(api.reports.at(-1)).toBe('15: ended server-error from 0 to 10, 10 failed, 0 succeeded');
});

test('API trouble: whatever happens, each trouble begins and ends once, and an hour has few reports', () => {
  const seconds = fc.array(
    fc.record({ failures: fc.nat(3), successes: fc.nat(3), times: fc.integer({ min: 1, max: 60 }) }),
    {
      minLength: 60,
      maxLength: 120,
    },
  );
  fc.assert(
    fc.property(seconds, (phases) => {
      const api = tracked();
      let end = 0;
      for (const { failures, successes, times } of phases) {
        end += times;
        api.until(end, failures, successes);
      }
      const changes = api.reports.map((line) => line.split(' ')[1] ?? '');
      const story = changes.filter((change) => change === 'began' || change === 'ended');
      expect(story).toEqual(story.map((_, n) => (n % 2 === 0 ? 'began' : 'ended')));
      expect(api.reports.length).toBeLessThan(40);
    }),
    { numRuns: 200 },
  );
});
