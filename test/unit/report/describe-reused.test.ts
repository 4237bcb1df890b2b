import { describe, expect, test } from 'vitest';
import { describeRequests, describeReused, reusedAnswerLines } from '../../../src/report/describe-reused.ts';
import { aboutLines } from '../../../src/report/summary/about.ts';
import { evalResult, results, verdict } from '../../helpers/report-builders.ts';

const reused = (count: number, oldest = '2026-11-20T14:03:59.000Z') => ({ count, oldest });

describe('reused answers', () => {
  test.each([
    [{ sent: 10, replayed: 0 }, undefined, '10 requests sent'],
    [{ sent: 1, replayed: 9 }, undefined, '1 request sent, 9 replayed'],
    [{ sent: 0, replayed: 9 }, undefined, '9 replayed'],
    [{ sent: 0, replayed: 0 }, undefined, ''],
    [{ sent: 2, replayed: 998 }, reused(998), '998 of 1,000 answers reused, 2 sent'],
    [{ sent: 0, replayed: 1 }, reused(1), '1 of 1 answer reused, 0 sent'],
    [{ sent: 15, replayed: 25 }, reused(20), '20 of 40 answers reused, 5 replayed, 15 sent'],
  ])('reused answers: requests %j with %j are "%3$s"', (requests, answers, text) => {
    expect(describeRequests(requests, answers).join(', ')).toBe(text);
  });

  test('reused answers: a result made with some says from when the oldest is, and one without says nothing', () => {
    const requests = { sent: 2, replayed: 998 };
    expect(describeReused({ requests, reusedAnswers: reused(998) })).toBe(
      '998 of 1,000 answers reused, the oldest of 2026-11-20 14:03 UTC',
    );
    expect(describeReused({ requests })).toBe('');
    expect(describeReused({ requests: null, reusedAnswers: reused(3) })).toContain('3 of 3 answers reused');
  });

  test('reused answers: the summary has those of all evals, with the oldest', () => {
    const of = (name: string, count: number, oldest?: string) =>
      evalResult(name, { requests: { sent: 1, replayed: count }, reusedAnswers: reused(count, oldest) });
    const all = results([of('a', 9), of('b', 3, '2026-11-19T08:00:00.000Z'), evalResult('c')]);
    const line = '12 of 14 answers reused from earlier runs in 2 evals, the oldest of 2026-11-19 08:00 UTC.';
    expect(reusedAnswerLines(all)).toEqual([line]);
    expect(reusedAnswerLines(results([evalResult('c')]))).toEqual([]);
    const links = { runId: '17', serverUrl: '', repository: '' };
    const [samples, baselineSamples] = [new Map(), new Map()];
    const report = { results: all, verdict: verdict(), samples, baselineSamples, links };
    expect(aboutLines(report, {})).toContain(`- ${line}`);
  });
});
