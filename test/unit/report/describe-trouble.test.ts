import { describe, expect, test } from 'vitest';
import type { ApiTrouble, TroubleKind } from '../../../src/model/api-trouble.ts';
import {
  describeAtEnd,
  describeAtKill,
  describeReport,
  describeWait,
} from '../../../src/report/describe-trouble.ts';

const SINCE = Date.parse('2026-03-01T14:02:11Z');

const trouble = (kind: TroubleKind, changes: Partial<ApiTrouble> = {}): ApiTrouble => ({
  cause: { kind, detail: '429 rate_limit_exceeded: Rate limit reached for gpt-4.' },
  since: SINCE,
  until: SINCE + 75_000,
  isLasting: true,
  failed: 1240,
  succeeded: 0,
  ...changes,
});

describe('API trouble in words', () => {
  test.each([
    [
      'began',
      {},
      'The API has limited the rate of requests for 1 min 15 s: 1,240 requests failed, retries included, and none succeeded. Last error: 429 rate_limit_exceeded: Rate limit reached for gpt-4. Failed requests are retried. If this lasts, lower max-requests-in-flight, or raise the rate limit of the API key.',
    ],
    [
      'lasts',
      { succeeded: 3, failed: 1, until: SINCE + 8200 },
      'The API has limited the rate of requests for 8 s: 1 request failed, retries included, and 3 succeeded. Last error: 429 rate_limit_exceeded: Rate limit reached for gpt-4.',
    ],
    [
      'ended',
      { isLasting: false },
      'The API responds again. It had limited the rate of requests for 1 min 15 s: 1,240 requests failed, retries included, and none succeeded. Last error: 429 rate_limit_exceeded: Rate limit reached for gpt-4.',
    ],
  ] as const)('API trouble: %s', (change, changes, line) => {
    expect(describeReport(change, trouble('rate-limit', changes))).toBe(line);
  });

  test.each([
    ['rate-limit', 'limited the rate of requests'],
    ['server-error', 'returned server errors'],
    ['refused-connection', 'refused connections'],
    ['unreachable', 'been unreachable'],
    ['timeout', 'not responded in time'],
    ['closed-connection', 'closed connections without a complete response'],
    ['invalid-response', 'sent invalid responses'],
  ] as const)('API trouble: of the kind %s', (kind, what) => {
    expect(describeWait(trouble(kind))).toBe(`the API, which has ${what} for 1 min 15 s`);
  });

  test('API trouble: at the end of a run, while it lasts and when it is over', () => {
    const cause = { kind: 'refused-connection', detail: 'nothing listens on that port' } as const;
    expect(describeAtEnd(trouble('rate-limit', { cause }))).toBe(
      'When the run ended, the API had refused connections for 1 min 15 s: 1,240 requests failed, retries included, and none succeeded. Last error: nothing listens on that port.',
    );
    expect(describeAtEnd(trouble('rate-limit', { cause, isLasting: false, succeeded: 2 }))).toBe(
      'During the run, the API had refused connections for 1 min 15 s: 1,240 requests failed, retries included, and 2 succeeded. Last error: nothing listens on that port.',
    );
  });

  test('API trouble: after a kill it has the time of its beginning, and no numbers that may be too low', () => {
    expect(describeAtKill(trouble('rate-limit'))).toBe(
      'The API had limited the rate of requests since 14:02:11 UTC. Last error: 429 rate_limit_exceeded: Rate limit reached for gpt-4.',
    );
  });
});
