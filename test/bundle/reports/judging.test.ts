/** The rules of `thresholds` and the baseline: one verdict for the exit code, the outputs and all reports. */
import { cpSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandsHolding, type RunResult } from '../../helpers/runner.ts';
import { type Cleanup, temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { annotations, logOf } from '../../helpers/test-machine.ts';
import { testRows } from '../../helpers/test-rows.ts';
import { plain, verdictsOf } from './one-verdict.ts';
import { reportedMachine, reportOf, resultsIn, SAMPLES, useReportedSet } from './reported-set.ts';
import { ruleRows } from './rows/rules.ts';

const set = useReportedSet();

/** The report of a run in which every sample of `quiz` was right. */
function betterReport(cleanup: Cleanup): string {
  const directory = join(temporaryDirectory(cleanup), 'approved');
  cpSync(set.completed().reportDirectory, directory, { recursive: true });
  const edit = (name: string, change: (text: string) => string) => {
    const path = join(directory, name);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
  };
  edit('results.json', (text) => {
    const file = JSON.parse(text);
    const [quiz] = file.evals;
    quiz.metrics.accuracy = 1;
    quiz.mainMetric.value = 1;
    quiz.samples.outcomes = { correct: SAMPLES, incorrect: 0, unscored: 0, errored: 0 };
    return JSON.stringify(file);
  });
  edit('samples.jsonl', (text) =>
    text.replaceAll(
      '"outcome":"incorrect","score":0,"scores":{"accuracy":0}',
      '"outcome":"correct","score":1,"scores":{"accuracy":1}',
    ),
  );
  return directory;
}

/** Starts the set on a machine without a state. */
async function startAnew(context: Cleanup, inputs: Record<string, string>) {
  const { directory, workspace, api } = set.completed();
  const machine = await reportedMachine(context, directory, { env: { OPENAI_BASE_URL: api.url } });
  const sent = api.requests.length;
  const result = await machine.run({ cache: false, workspace, inputs });
  expect(result.exitCode, logOf(result)).toBe(1);
  expect(api.requests.length, 'no request was sent').toBe(sent);
  expect(existsSync(machine.stateDirectory), 'there is no state').toBe(false);
  return result;
}

const errorsOf = (result: RunResult): string[] =>
  annotations(result).flatMap((line) => (line.startsWith('error: ') ? [line.slice('error: '.length)] : []));

describe.concurrent('thresholds', () => {
  testRows({ short: 2, long: 2 }, ruleRows)('thresholds: $title', async (row, context) => {
    const baseline =
      row.baseline === 'better'
        ? betterReport(context)
        : row.baseline === 'same'
          ? set.completed().reportDirectory
          : '';
    const result = await set.runAgain(context, { inputs: { thresholds: row.thresholds, baseline } });
    const { verdict } = resultsIn(reportOf(result));
    expect(
      verdict.rules.map(({ status }) => status),
      logOf(result),
    ).toEqual(row.statuses);
    expect(verdict.sentence).toBe(
      `${row.verdict === 'passed' ? 'Passed' : 'Failed'}: all 3 evals are done (3 reused)${row.sentence ? `; ${row.sentence}` : '.'}`,
    );
    expect(new Set(Object.values(verdictsOf(result))), JSON.stringify(verdictsOf(result))).toEqual(
      new Set([row.verdict]),
    );
    expect(result.exitCode).toBe(row.verdict === 'passed' ? 0 : 1);
    const errors = errorsOf(result);
    if (row.error === '') expect(errors).toEqual([]);
    else {
      expect(errors).toHaveLength(1);
      expect(errors[0]).toContain(row.error);
      expect(errors[0]).toMatch(/\[THRESHOLDS_MISSED\]$/);
    }
    // Whatever the rules say, the evals are done, and the next run reuses them.
    expect(result.outputs).toMatchObject({ complete: 'true', reused: '3', 'requests-sent': '0' });
  });

  test('thresholds: a wrong rule is an error with a caret, in the log and in the summary, before any request', async (context) => {
    const result = await startAnew(context, { thresholds: 'accuracy >= 0.8\nscore => 0.5' });
    const [error = ''] = errorsOf(result);
    const shown = 'score => 0.5\n      ^';
    expect(error).toContain('There is no operator =>. Did you mean >=?');
    expect(unindented(error), error).toContain(shown);
    expect(error).toMatch(/\[INPUT_INVALID\]$/);
    expect(unindented(plain(result.summary)), result.summary).toContain(shown);
  });
});

/** Lines without the indentation that they share with the line above. */
function unindented(text: string): string {
  return text.replace(/^([> ]*)(score => 0\.5)\n\1/m, '$2\n');
}

/** A baseline that cannot be used, and why. */
interface HostileRow {
  readonly title: string;
  /** Writes it. @returns the value of the input */
  readonly write: (directory: string) => string;
  readonly problem: RegExp;
}

const approved = (): Record<string, unknown> & {
  verdict: Record<string, unknown>;
  evals: Record<string, unknown>[];
} => JSON.parse(readFileSync(join(set.completed().reportDirectory, 'results.json'), 'utf8'));

const written = (directory: string, content: string | Buffer): string => {
  const path = join(directory, 'results.json');
  writeFileSync(path, content);
  return path;
};

const MARKER = 'INJECTED';

/** Text that a runner or a browser would obey, if it came through. */
const COMMANDS = `::error::${MARKER}\n::set-output name=verdict::${MARKER}\r##[error]${MARKER}\u2028::add-mask::${MARKER}`;

const hostileRows: readonly HostileRow[] = [
  {
    title: 'a text with workflow commands',
    write: (directory) => written(directory, COMMANDS),
    problem: /it is not JSON|its JSON is invalid/,
  },
  {
    title: 'a path that leads nowhere',
    write: (directory) => join(directory, 'missing.json'),
    problem: /there is no file .*missing\.json/,
  },
  {
    title: 'a directory without results',
    write: (directory) => directory,
    problem: /it is a directory that contains no results\.json/,
  },
  {
    title: 'a sparse file of 2 GB',
    write: (directory) => {
      const path = written(directory, '');
      truncateSync(path, 2 * 1024 ** 3);
      return path;
    },
    problem: /it has 2,147,483,648 bytes, more than a results\.json can have/,
  },
  {
    title: 'a binary file',
    write: (directory) => written(directory, Buffer.from([0x50, 0x4b, 3, 4, 0, 255, 254, 0, 1])),
    problem: /it is .*(archive|zip|binary)/i,
  },
  {
    title: 'a later version',
    write: (directory) => written(directory, JSON.stringify({ ...approved(), version: 99 })),
    problem: /it has version 99, which this version of the action does not know/,
  },
  {
    title: 'the results of a run that failed',
    write: (directory) => {
      const file = approved();
      const [quiz] = file.evals;
      return written(
        directory,
        JSON.stringify({
          ...file,
          evals: [{ ...quiz, status: 'failed' }],
          verdict: { ...file.verdict, status: 'failed' },
        }),
      );
    },
    problem: /in its run 1 eval failed/,
  },
  {
    title: 'the results of another set',
    write: (directory) => written(directory, JSON.stringify({ ...approved(), evalSet: 'another' })),
    problem: /it is of the set `another`, but this run is of `reported`/,
  },
  {
    title: 'a device',
    write: () => '/dev/zero',
    problem: /it is a device, not a file/,
  },
];

/** No text of the baseline is in a line that a runner executes. */
function expectNothingInjected(result: RunResult): void {
  expect(commandsHolding(result, MARKER)).toEqual([]);
  expect(Object.values(result.outputs).filter((value) => value.includes(MARKER))).toEqual([]);
}

describe.concurrent('a baseline that cannot be used', () => {
  testRows({ short: 1, long: 1 }, hostileRows)(
    'baseline: $title is an error before any request, if a rule needs the baseline',
    async (row, context) => {
      const baseline = row.write(temporaryDirectory(context));
      const result = await startAnew(context, { baseline, thresholds: 'accuracy drop <= 2pp' });
      const errors = errorsOf(result);
      expect(errors).toHaveLength(1);
      expect(errors[0]).toMatch(row.problem);
      expect(errors[0]).toMatch(
        /^The rule `accuracy drop <= 2pp` of the input thresholds compares with a baseline, but the input baseline is ".*", which cannot be used: .*\[INPUT_INVALID\]$/s,
      );
      expectNothingInjected(result);
    },
  );

  testRows({ short: 2, long: 1 }, hostileRows)(
    'baseline: $title is told, and fails nothing, if no rule needs it',
    async (row, context) => {
      const baseline = row.write(temporaryDirectory(context));
      const result = await set.runAgain(context, {
        inputs: { baseline, thresholds: 'advisory: accuracy drop <= 2pp' },
      });
      expect(result.exitCode, logOf(result)).toBe(0);
      const { verdict } = resultsIn(reportOf(result));
      expect(verdict.comparison?.problem).toMatch(row.problem);
      expect(verdict.rules.map(({ status }) => status)).toEqual(['not-judged']);
      expect(plain(result.summary)).toMatch(row.problem);
      expect(annotations(result)).toEqual([
        expect.stringMatching(/^warning: The baseline .* cannot be used, so nothing is compared with it: /),
      ]);
      expect(annotations(result)[0]).toMatch(row.problem);
      expectNothingInjected(result);
    },
  );
});

test('baseline: names in it that are Markdown, HTML or commands are only text', async (context) => {
  const file = approved();
  const [quiz, ...others] = file.evals;
  const hostile = `<img src=x onerror=alert(1)> ${COMMANDS}`;
  const run = { ...(file.run as object), sha: hostile, ref: hostile };
  const text = JSON.stringify({
    ...file,
    run,
    model: hostile,
    evals: [{ ...quiz, key: hostile, name: hostile, note: hostile }, ...others],
  });
  const directory = temporaryDirectory(context);
  const result = await set.runAgain(context, { inputs: { baseline: written(directory, text) } });
  expect(result.exitCode, logOf(result)).toBe(0);
  expectNothingInjected(result);
  const html = readFileSync(join(reportOf(result), 'report.html'), 'utf8');
  for (const shown of [html, result.summary]) expect(shown).not.toContain('<img src=x');
});

test('baseline: without samples.jsonl, the intervals are compared, and the report says so', async (context) => {
  const directory = temporaryDirectory(context);
  cpSync(join(betterReport(context), 'results.json'), join(directory, 'results.json'));
  const result = await set.runAgain(context, { inputs: { baseline: directory } });
  const { verdict } = resultsIn(reportOf(result));
  expect(verdict.comparison).toMatchObject({ problem: null, hasSamples: false });
  expect(verdict.comparison?.evals[0]).toMatchObject({
    key: 'quiz.dev.v0',
    pairs: 0,
    sentence: expect.stringContaining(
      'Samples could not be paired, because no samples.jsonl lies beside the baseline.',
    ),
  });
  expect(result.summary).toContain('No samples.jsonl lies beside it, so intervals are compared');
});

test('baseline: a samples.jsonl that cannot be read is a warning, and the intervals are compared', async (context) => {
  const directory = betterReport(context);
  writeFileSync(join(directory, 'samples.jsonl'), COMMANDS);
  const result = await set.runAgain(context, { inputs: { baseline: directory } });
  expect(result.exitCode, logOf(result)).toBe(0);
  expect(annotations(result)).toEqual([
    expect.stringMatching(
      /^warning: The samples\.jsonl beside the baseline .* cannot be used, so samples are not paired: .*\.$/,
    ),
  ]);
  expectNothingInjected(result);
  expect(resultsIn(reportOf(result)).verdict.comparison).toMatchObject({ problem: null, hasSamples: false });
});
