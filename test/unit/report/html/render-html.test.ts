import { describe, expect, test } from 'vitest';
import type { Report } from '../../../../src/model/report.ts';
import type { EvalComparison } from '../../../../src/model/verdict.ts';
import { renderHtml } from '../../../../src/report/html/render-html.ts';
import { BOUNDS, type Bounds } from '../../../../src/report/html/selection.ts';
import { viewFromJson } from '../../../../src/report/html/shared/sample-view.ts';
import { exampleReport } from '../../../helpers/example-report.ts';
import {
  evalResult,
  evalSamples,
  report,
  results,
  sample,
  unfinished,
  verdict,
} from '../../../helpers/report-builders.ts';

const ASSETS = { script: 'void 0;', style: 'p { margin: 0; }' };

function rendered(made: Report, bounds: Partial<Bounds> = {}): string {
  return [...renderHtml(made, ASSETS, { ...BOUNDS, ...bounds })].join('');
}

/** What a reader sees, roughly. */
function textOf(html: string): string {
  return html
    .replace(/<(script|style|title)[^>]*>.*?<\/\1>/gs, '')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replace(/[\s\u00a0]+/g, ' ');
}

function withSamples(count: number, texts: Record<string, { prompt: string }> = {}): Report {
  const samples = Array.from({ length: count }, (_, index) => sample(`a.dev.${index}`, index % 2 === 0));
  return report([evalResult('a')], { samples: new Map([['a.dev.v0', evalSamples(samples, texts)]]) });
}

function carried(html: string): ReturnType<typeof viewFromJson>[] {
  const [, json = ''] = /<script type="application\/json"[^>]*>(.*?)<\/script>/s.exec(html) ?? [];
  return (JSON.parse(json) as Parameters<typeof viewFromJson>[0][]).map(viewFromJson);
}

describe('report.html', () => {
  test('report.html: the verdict comes before rules, problems, evals, samples and methods', () => {
    const ids = [...rendered(exampleReport()).matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id);
    expect(ids).toEqual(['verdict', 'rules', 'problems', 'evals', 'samples', 'how-to-read', 'made-with']);
  });

  test('report.html: choices of a judge are counted, and nothing is said to be correct or not', () => {
    const facts = evalResult('facts', {
      mainMetric: null,
      metrics: { 'counts/A': 5, 'counts/__invalid__': 1 },
      judge: 'gpt-4',
      samples: {
        total: 6,
        outcomes: { correct: 0, incorrect: 0, unscored: 1, errored: 0 },
        coverage: 5 / 6,
      },
    });
    const text = textOf(rendered(report([facts])));
    expect(text).toContain('A 5 · invalid 1');
    expect(text).toContain('6 1 unscored');
    expect(text).toContain('6 samples, 1 unscored');
    expect(text).toContain('The judge of this eval does not say whether a sample is correct.');
    expect(text).not.toMatch(/of 6 correct|not correct/);
  });

  test('report.html: a sample is introduced by the last line of its prompt that is more than a label', () => {
    const prompts = {
      'a.dev.0': { prompt: 'system: Answer.\n\nuser: Which planet is red?\nAnswer:' },
      'a.dev.1': { prompt: 'Reasoning:' },
    };
    const html = rendered(withSamples(2, prompts));
    const introductions = [...html.matchAll(/<summary>(?:(?!<\/summary>).)*a\.dev\.\d.*?<\/summary>/gs)].map(
      ([each]) => textOf(each).trim(),
    );
    expect(introductions).toEqual([
      expect.stringMatching(/a\.dev\.1 Reasoning:$/),
      expect.stringMatching(/a\.dev\.0 Which planet is red\?$/),
    ]);
  });

  test('report.html: tokens are told once, and not as metrics', () => {
    const metrics = { accuracy: 0.8, usage_total_tokens: 151 };
    const text = textOf(rendered(report([evalResult('a', { metrics })])));
    expect(text).toContain('100 prompt (0 cached), 50 completion');
    expect(text).not.toContain('usage_total_tokens');
  });

  test('report.html: saved are the tokens of reused evals and of replayed responses', () => {
    const evals = [evalResult('a', { status: 'reused' }), evalResult('b')];
    const plain = results(evals);
    const totals = {
      ...plain.totals,
      requests: { sent: 1, replayed: 2, retried: 0, failed: 0 },
      replayedTokens: { prompt: 30, completion: 4, cached: 0, reasoning: 0 },
    };
    const text = textOf(rendered(report(evals, { results: { ...plain, totals } })));
    expect(text).toContain('Saved by resuming 184 tokens of 2 replayed responses and 1 reused eval');
  });

  test('report.html: an eval that does not meet a rule names the rule, and says why once', () => {
    const why = 'Accuracy is 0.5, below 0.8.';
    const unmet = {
      key: 'a.dev.v0',
      name: 'a',
      status: 'missed',
      sentence: `a: ${why}`,
      value: 0.5,
    } as const;
    const rule = {
      rule: 'accuracy >= 0.8',
      line: 1,
      advisory: false,
      status: 'missed',
      sentence: '',
    } as const;
    const verdictOf = verdict({ status: 'failed', rules: [{ ...rule, evals: [unmet] }] });
    const text = textOf(rendered(report([evalResult('a')], { verdict: verdictOf })));
    expect(text).toMatch(/Rule missed\s+accuracy &gt;= 0.8\s+Accuracy is 0.5, below 0.8\./);
    expect(text.split(why)).toHaveLength(2);
  });

  test('report.html: an unknown cost is not known, and never $0', () => {
    const list = { version: '1', date: '2026-09-23' };
    const prices = { list, models: { m: { input: 1, output: 2, cached: 1 } }, unknown: ['other-model'] };
    const text = textOf(
      rendered(report([evalResult('a')], { results: results([evalResult('a')], { prices }) })),
    );
    expect(text).toContain('Cost not known No price is known of other-model.');
    expect(text).not.toContain('$0');
  });

  test('report.html: when no price is known, nothing is said of the cost', () => {
    const prices = { list: null, models: {}, unknown: ['own-model'] };
    const text = textOf(
      rendered(report([evalResult('a')], { results: results([evalResult('a')], { prices }) })),
    );
    expect(text).not.toContain('Cost');
    expect(text).toContain('Prices No price is known of own-model.');
  });

  test('report.html: a failed eval has its exception, its place, its sample and its last lines', () => {
    const failed = unfinished('a', 'failed', 'exited with code 1', {
      error: {
        type: 'KeyError',
        message: "'ideal'",
        place: { file: 'own/scoring.py', line: 14 },
        sample: 'a.dev.3',
        lastLines: ['Traceback (most recent call last):'],
      },
    });
    const text = textOf(rendered(report([failed])));
    for (const part of [
      "KeyError : 'ideal'",
      'own/scoring.py:14',
      'a.dev.3',
      'Traceback (most recent call last):',
    ])
      expect(text).toContain(part);
  });

  test('report.html: a run without problems says so', () => {
    expect(textOf(rendered(report([evalResult('a')])))).toContain(
      'What broke No eval failed, and none missed a rule.',
    );
  });

  test('report.html: the smallest drops that show are those that comparisons name', () => {
    expect(textOf(rendered(report([])))).toContain('Pairs 30 100 300 1,000 Points 24 9 5 3');
  });

  test('report.html: an eval that only the baseline has is reported without a link', () => {
    const html = rendered(withMissing());
    expect(html).toContain('<b>gone</b> This eval is only in the baseline.');
  });

  test('report.html: a reused result links to the run that it comes from', () => {
    const reused = evalResult('a', { status: 'reused', run: { id: '16', attempt: 2 } });
    expect(rendered(report([reused]))).toContain(
      'href="https://github.com/octo-org/octo-repo/actions/runs/16/attempts/2"',
    );
  });

  test('report.html: the policy allows exactly the script and the style inside', () => {
    const [, policy = ''] = /Content-Security-Policy" content="([^"]+)"/.exec(rendered(report([]))) ?? [];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'sha256-T1YEXClWF9CUhD2vRqC2ZkctVhPSMrn+MCIkJI7U02I='");
    expect(policy).not.toContain('unsafe');
  });

  test('report.html: samples beyond the static ones are in the JSON, with the texts of all', () => {
    const html = rendered(withSamples(10, { 'a.dev.9': { prompt: 'the last question' } }), {
      staticSamples: 2,
    });
    expect(html.match(/<details class="sample"/g)).toHaveLength(2);
    expect(textOf(html)).toContain('8 more samples of this eval');
    expect(carried(html)).toHaveLength(10);
    expect(carried(html).find(({ id }) => id === 'a.dev.9')?.prompt).toBe('the last question');
  });

  test.for<[string, Partial<Bounds>]>([
    ['samples', { samples: 4 }],
    ['bytes', { bytes: 500 }],
  ])('report.html: a cut by %s is stated with its count', ([, bounds]) => {
    const html = rendered(withSamples(10), bounds);
    const count = carried(html).length;
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(10);
    expect(textOf(html)).toContain(`This page has ${count} of the 10 samples of this eval`);
    expect(carried(html).every(({ outcome }) => outcome === 'incorrect')).toBe(true);
  });

  test('report.html: a text of megabytes is shortened, and no control or bidirectional character remains', () => {
    const html = rendered(withSamples(1, { 'a.dev.0': { prompt: `\u202e\u0000${'x'.repeat(5_000_000)}` } }));
    expect(html.length).toBeLessThan(100_000);
    expect(html).toContain('\\u202e\\u0000xxx');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none may remain.
    expect(html).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e\u2066-\u2069\u2028\u2029]/);
  });

  test('report.html: nothing in a text ends the JSON or opens a comment', () => {
    const html = rendered(withSamples(1, { 'a.dev.0': { prompt: '</script><!--<script>' } }));
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html).not.toContain('<!--');
    expect(carried(html)[0]?.prompt).toBe('</script><!--<script>');
  });

  test('report.html: a metric named __proto__ is a metric like all others', () => {
    const metrics = JSON.parse('{ "__proto__": 1, "accuracy": 0.8 }') as Record<string, number>;
    expect(textOf(rendered(report([evalResult('a', { metrics })])))).toContain('__proto__ 1');
  });
});

function withMissing(): Report {
  const missing: EvalComparison = {
    ...{
      key: 'gone.dev.v0',
      name: 'gone',
      status: 'missing' as const,
      metric: '',
      higherIsBetter: true,
      before: 0.5,
      now: null,
    },
    ...{
      sentence: 'This eval is only in the baseline.',
      difference: null,
      differenceInterval: null,
      pairs: 0,
    },
    ...{ onlyNow: 0, onlyBefore: 10, worse: 0, better: 0, p: null, adjustedP: null, flipsNeeded: null },
    ...{ smallestDrop: null, flips: [] },
  };
  const comparison = { source: null, problem: null, hasSamples: false, evals: [missing], overall: null };
  return report([evalResult('a')], { verdict: verdict({ comparison }) });
}
