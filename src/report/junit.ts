/**
 * `junit.xml`: a test suite with a test case for each eval, for tools that show test results. It is what dorny/test-reporter,
 * mikepenz/action-junit-report and GitLab read: at most one failure a case, whose message is also in its text (GitLab shows only
 * that), and a time in every case.
 */
import type { Report } from '../model/report.ts';
import type { EvalResult } from '../model/results.ts';
import type { EvalRuleVerdict, RuleVerdict, Verdict } from '../model/verdict.ts';
import { type Attributes, attributesOf, textOf } from './xml.ts';

interface Case {
  readonly name: string;
  readonly attributes?: Attributes;
  readonly seconds: number;
  readonly problem?: Problem | undefined;
  /** What does not fail the case. */
  readonly output?: readonly string[];
}

interface Problem {
  readonly tag: 'failure' | 'error' | 'skipped';
  readonly type?: string;
  readonly message: string;
  /** Of the element; the message when it is missing. */
  readonly lines?: readonly string[];
}

export function renderJunit({ results: { run, evalSet, model, evals }, verdict }: Report): string {
  const findings = Map.groupBy(verdict.rules.flatMap(findingsOf), ({ key }) => key);
  const keys = new Set(evals.map(({ key }) => key));
  const gone = [...findings].filter(([key]) => !keys.has(key));
  const cases = [
    ...evals.map((result) => evalCase(result, verdict, findings.get(result.key) ?? [])),
    ...gone.map(([, ofEval]) => goneCase(ofEval, verdict)),
    ...verdict.rules.filter((rule) => rule.evals.length === 0).map((rule) => ruleCase(rule, verdict)),
  ];
  const number = (tag: Problem['tag']) => cases.filter(({ problem }) => problem?.tag === tag).length;
  const elapsedMs = Date.parse(run.ended) - Date.parse(run.started);
  const counts = {
    tests: cases.length,
    failures: number('failure'),
    errors: number('error'),
    skipped: number('skipped'),
    time: asSeconds(Number.isFinite(elapsedMs) ? elapsedMs / 1000 : 0),
  };
  const when = run.started === '' ? {} : { timestamp: run.started };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributesOf({ name: 'oaievalset', ...counts })}>`,
    `<testsuite${attributesOf({ name: evalSet, ...counts, ...when })}>`,
    `<properties><property${attributesOf({ name: 'model', value: model })}/></properties>`,
    ...cases.map((each) => renderCase(each, evalSet)),
    '</testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

/** A rule that is not met by an eval. */
interface Finding extends EvalRuleVerdict {
  readonly rule: string;
  readonly advisory: boolean;
}

function findingsOf({ rule, advisory, evals }: RuleVerdict): Finding[] {
  return evals.filter(({ status }) => status !== 'met').map((each) => ({ ...each, rule, advisory }));
}

function evalCase(result: EvalResult, verdict: Verdict, findings: readonly Finding[]): Case {
  const { name, status, tookMs, note, error } = result;
  const seconds = (tookMs ?? 0) / 1000;
  switch (status) {
    case 'failed':
      return {
        name,
        seconds,
        attributes: error?.place ? { file: error.place.file, line: error.place.line } : {},
        problem: {
          tag: 'error',
          type: exceptionType(error?.type),
          message: error?.message || note,
          lines: [error?.message || note, ...(error?.lastLines ?? [])],
        },
      };
    case 'pending':
      return { name, seconds, problem: { tag: 'skipped', message: note || 'It is pending.' } };
    case 'excluded':
      return {
        name,
        seconds,
        problem: { tag: 'skipped', message: 'It is left out by the inputs include and exclude.' },
      };
    default:
      return { name, seconds, ...judged(findings, verdict) };
  }
}

/** An eval that only the baseline has. */
function goneCase(findings: readonly Finding[], verdict: Verdict): Case {
  return { name: findings[0]?.name ?? '', seconds: 0, ...judged(findings, verdict) };
}

function judged(findings: readonly Finding[], { status }: Verdict): Pick<Case, 'problem' | 'output'> {
  // Rules say nothing about a run that is incomplete.
  const fails = ({ advisory }: Finding) => !advisory && status !== 'incomplete';
  return {
    problem: failureOf(findings.filter(fails)),
    output: findings.filter((finding) => !fails(finding)).map(asLine),
  };
}

function failureOf(findings: readonly Finding[]): Problem | undefined {
  const first = findings.find(({ status }) => status === 'missed') ?? findings[0];
  if (!first) return undefined;
  const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : '';
  return {
    tag: 'failure',
    type: first.status,
    message: `${first.sentence}${more}`,
    lines: findings.map(asLine),
  };
}

/** A rule about the whole run, or one that is about no eval. */
function ruleCase({ rule, status, advisory, sentence }: RuleVerdict, verdict: Verdict): Case {
  const base = { name: rule, seconds: 0 };
  if (status === 'met') return base;
  if (advisory) return { ...base, output: [sentence] };
  const isJudged = verdict.status !== 'incomplete';
  return {
    ...base,
    problem: isJudged
      ? { tag: 'failure', type: status, message: sentence }
      : { tag: 'skipped', message: sentence },
  };
}

function asLine({ rule, sentence }: Finding): string {
  return `${rule}: ${sentence}`;
}

/**
 * GitLab reads the file with Rails, which converts an element whose type is one of its own, such as `date`, and refuses the whole
 * file for `yaml`. Those names have neither a dot nor a capital at the start; names of exceptions have one of them.
 */
function exceptionType(type: string | null | undefined): string {
  return type && /^[A-Z]|\./.test(type) ? type : 'error';
}

function renderCase({ name, seconds, attributes = {}, problem, output = [] }: Case, set: string): string {
  const start = `<testcase${attributesOf({ classname: set, name, time: asSeconds(seconds), ...attributes })}`;
  const content = [
    ...(problem ? [renderProblem(problem)] : []),
    ...(output.length > 0 ? [`<system-out>${textOf(output.join('\n'))}</system-out>`] : []),
  ];
  return content.length === 0 ? `${start}/>` : `${start}>\n${content.join('\n')}\n</testcase>`;
}

function renderProblem({ tag, type, message, lines = [message] }: Problem): string {
  const own = attributesOf(type === undefined ? { message } : { type, message });
  return `<${tag}${own}>${textOf(lines.join('\n'))}</${tag}>`;
}

function asSeconds(seconds: number): string {
  return seconds.toFixed(3);
}
