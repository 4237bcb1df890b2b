import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../../src/model/report.ts';
import type { RuleStatus, RuleVerdict } from '../../../src/model/verdict.ts';
import { renderJunit } from '../../../src/report/junit.ts';
import { evalResult, report, results, unfinished, verdict } from '../../helpers/report-builders.ts';

interface Element {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** Reads XML 1.0 strictly: it fails for each character that is not allowed. */
function parse(xml: string): Element {
  const root: Element = { tag: '', attributes: {}, children: [], text: '' };
  const path = [root];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    const element: Element = { tag: name, attributes, children: [], text: '' };
    path.at(-1)?.children.push(element);
    path.push(element);
  });
  parser.on('text', (text) => {
    const element = path.at(-1);
    if (element) element.text += text;
  });
  parser.on('closetag', () => path.pop());
  parser.write(xml).close();
  return root;
}

function suiteOf(written: Report): Element {
  const [suites] = parse(renderJunit(written)).children;
  const suite = suites?.children[0];
  if (!suites || !suite) throw new Error('there is no suite');
  expect(suites.tag).toBe('testsuites');
  expect(suite.tag).toBe('testsuite');
  return suite;
}

function casesOf(written: Report): Element[] {
  return suiteOf(written).children.filter(({ tag }) => tag === 'testcase');
}

/** The only case. */
function caseOf(written: Report): Element {
  const [only, ...others] = casesOf(written);
  expect(others).toEqual([]);
  return only ?? expect.fail('there is no case');
}

function ruleAbout(status: RuleStatus, changes: Partial<RuleVerdict> = {}): RuleVerdict {
  const sentence = status === 'missed' ? 'accuracy is 0.8.' : 'accuracy is NaN.';
  const about = { key: 'a.dev.v0', name: 'a', status, sentence, value: null };
  return {
    rule: 'accuracy >= 0.9',
    line: 1,
    advisory: false,
    status,
    sentence: 'Whole.',
    evals: [about],
    ...changes,
  };
}

function withRules(rules: readonly RuleVerdict[], status: 'failed' | 'incomplete' = 'failed'): Report {
  return report([evalResult('a')], { verdict: verdict({ status, rules }) });
}

describe('renderJunit', () => {
  test('has a case of the set for each eval, with the time that it took', () => {
    const suite = suiteOf(report([evalResult('a'), evalResult('b', { status: 'reused', tookMs: null })]));
    expect(suite.attributes).toEqual({
      name: 'set',
      tests: '2',
      failures: '0',
      errors: '0',
      skipped: '0',
      time: '600.000',
      timestamp: '2026-01-01T00:00:00.000Z',
    });
    expect(suite.children.slice(1)).toEqual([
      { tag: 'testcase', attributes: { classname: 'set', name: 'a', time: '2.500' }, children: [], text: '' },
      { tag: 'testcase', attributes: { classname: 'set', name: 'b', time: '0.000' }, children: [], text: '' },
    ]);
  });

  test('counts what fails, what has an error, and what is skipped', () => {
    const evals = [
      evalResult('a'),
      unfinished('b', 'failed', 'It exited with code 1'),
      unfinished('c', 'pending', 'The time budget is used up'),
      evalResult('d', { status: 'excluded' }),
    ];
    const written = report(evals, { verdict: verdict({ status: 'failed', rules: [ruleAbout('missed')] }) });
    expect(suiteOf(written).attributes).toMatchObject({
      tests: '4',
      failures: '1',
      errors: '1',
      skipped: '2',
    });
    expect(casesOf(written).map(({ children }) => children.map(({ tag }) => tag))).toEqual([
      ['failure'],
      ['error'],
      ['skipped'],
      ['skipped'],
    ]);
  });

  test('shows the exception of a failed eval, its place, and the end of its output', () => {
    const error = {
      type: 'KeyError',
      message: "KeyError: 'wrod' in own/reverse.py:17",
      place: { file: '/work/own/reverse.py', line: 17 },
      sample: 'a.dev.3',
      lastLines: ['Traceback (most recent call last):', "KeyError: 'wrod'"],
    };
    const { attributes, children } = caseOf(report([unfinished('a', 'failed', 'It failed', { error })]));
    expect(attributes).toMatchObject({ file: '/work/own/reverse.py', line: '17' });
    expect(children).toEqual([
      {
        tag: 'error',
        attributes: { type: 'KeyError', message: error.message },
        children: [],
        text: `${error.message}\nTraceback (most recent call last):\nKeyError: 'wrod'`,
      },
    ]);
  });

  test('never has a type that Rails converts, as of an exception whose name is that of a type', () => {
    const error = { type: 'yaml', message: 'It failed', place: null, sample: null, lastLines: [] };
    const { children } = caseOf(report([unfinished('a', 'failed', 'It failed', { error })]));
    expect(children[0]?.attributes.type).toBe('error');
  });

  test('makes all required rules that an eval does not meet one failure, the missed ones first', () => {
    const rules = [ruleAbout('not-judged', { rule: 'f1 >= 0.5' }), ruleAbout('missed')];
    expect(caseOf(withRules(rules)).children).toEqual([
      {
        tag: 'failure',
        attributes: { type: 'missed', message: 'accuracy is 0.8. (and 1 more)' },
        children: [],
        text: 'f1 >= 0.5: accuracy is NaN.\naccuracy >= 0.9: accuracy is 0.8.',
      },
    ]);
    expect(caseOf(withRules([ruleAbout('not-judged')])).children[0]?.attributes.type).toBe('not-judged');
  });

  test('only prints advisory rules, and all rules of a run that is incomplete', () => {
    const output = {
      tag: 'system-out',
      attributes: {},
      children: [],
      text: 'accuracy >= 0.9: accuracy is 0.8.',
    };
    expect(caseOf(withRules([ruleAbout('missed', { advisory: true })])).children).toEqual([output]);
    expect(caseOf(withRules([ruleAbout('missed')], 'incomplete')).children).toEqual([output]);
  });

  test('has a failing case for an eval that only the baseline has, when a required rule is about it', () => {
    const sentence = 'gone: Only the baseline has this eval.';
    const gone = { key: 'gone.dev.v0', name: 'gone', status: 'not-judged', sentence, value: null } as const;
    const [, ...cases] = casesOf(withRules([ruleAbout('not-judged', { evals: [gone] })]));
    expect(cases).toMatchObject([
      { attributes: { name: 'gone' }, children: [{ tag: 'failure', attributes: { message: sentence } }] },
    ]);
  });

  test('has a case for each rule that is about no eval', () => {
    const about = (rule: string, changes: Partial<RuleVerdict>) =>
      ruleAbout('missed', { rule, evals: [], sentence: `${rule} is told.`, ...changes });
    const rules = [
      about('total-tokens <= 2M', {}),
      about('odd-*: score >= 1', { status: 'not-judged' }),
      about('cost <= 1', { status: 'met' }),
      about('advisory: cost <= 0', { advisory: true }),
    ];
    const [, ...cases] = casesOf(withRules(rules));
    expect(cases.map(({ attributes, children }) => [attributes.name, children])).toEqual([
      [
        'total-tokens <= 2M',
        [
          {
            tag: 'failure',
            attributes: { type: 'missed', message: 'total-tokens <= 2M is told.' },
            children: [],
            text: 'total-tokens <= 2M is told.',
          },
        ],
      ],
      [
        'odd-*: score >= 1',
        [
          {
            tag: 'failure',
            attributes: { type: 'not-judged', message: 'odd-*: score >= 1 is told.' },
            children: [],
            text: 'odd-*: score >= 1 is told.',
          },
        ],
      ],
      ['cost <= 1', []],
      [
        'advisory: cost <= 0',
        [{ tag: 'system-out', attributes: {}, children: [], text: 'advisory: cost <= 0 is told.' }],
      ],
    ]);
    const [, incomplete] = casesOf(withRules(rules, 'incomplete'));
    expect(incomplete?.children.map(({ tag }) => tag)).toEqual(['skipped']);
  });

  test('cannot be broken by the names and texts of evals', () => {
    const name = ']]>"/><x y=\'&amp;\u0000\u001b[31m\ud800\ufffe\uffff\u202e\n\u2028😀';
    const evals = [evalResult(name), unfinished('b', 'failed', name), unfinished('c', 'pending', name)];
    const [a, b, c] = casesOf(report(evals, { results: results(evals, { evalSet: name }) }));
    expect(a?.attributes.name).toBe(']]>"/><x y=\'&amp;\\u0000\\ud800\ufffd\ufffd\\u202e 😀');
    expect(a?.attributes.classname).toBe(a?.attributes.name);
    expect(b?.children[0]?.attributes.message).toBe(a?.attributes.name);
    expect(c?.children[0]?.text).toBe(']]>"/><x y=\'&amp;\\u0000\\ud800\ufffd\ufffd\\u202e\n\\u2028😀');
  });

  test('is well-formed XML for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, sentence) => {
        const rules = [ruleAbout('missed', { rule: name, sentence, evals: [] })];
        const evals = [evalResult(name), unfinished('b', 'failed', sentence)];
        expect(casesOf(report(evals, { verdict: verdict({ status: 'failed', rules }) }))).toHaveLength(3);
      }),
      { numRuns: 200 },
    );
  });
});
