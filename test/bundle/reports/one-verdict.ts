/** What the parts of a report say of the verdict, read by other means than those that wrote them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SaxesParser } from 'saxes';
import type { RunResult } from '../../helpers/runner.ts';
import { reportOf, resultsIn } from './reported-set.ts';

export interface JunitCounts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

/** The counts of junit.xml, from its elements. Fails if the XML is not well-formed, or if its own counts differ. */
export function junitCounts(reportDirectory: string): JunitCounts {
  const found = { tests: 0, failures: 0, errors: 0, skipped: 0 };
  const counters = { testcase: 'tests', failure: 'failures', error: 'errors', skipped: 'skipped' } as const;
  let said: JunitCounts | undefined;
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    if (Object.hasOwn(counters, name)) found[counters[name as keyof typeof counters]] += 1;
    if (name !== 'testsuites') return;
    const number = (attribute: string) => Number(attributes[attribute]);
    said = {
      tests: number('tests'),
      failures: number('failures'),
      errors: number('errors'),
      skipped: number('skipped'),
    };
  });
  parser.write(readFileSync(join(reportDirectory, 'junit.xml'), 'utf8')).close();
  if (JSON.stringify(said) !== JSON.stringify(found))
    throw new Error(`junit.xml says ${JSON.stringify(said)}, and has ${JSON.stringify(found)}.`);
  return found;
}

/** The Markdown of a job summary without its escapes. */
export const plain = (markdown: string): string =>
  markdown
    .replace(/\\([^\w\s]|_)/g, '$1')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&nbsp;/g, ' ')
    .replace(/&amp;/g, '&');

/** The verdict at the top of report.html, whose word is a label of its own. */
function headOf(reportDirectory: string): string {
  const { verdict } = resultsIn(reportDirectory);
  const html = readFileSync(join(reportDirectory, 'report.html'), 'utf8');
  const [, word = '', sentence = ''] =
    /<h1><span class="verdict-word">(\w+)<\/span>(.*?)<\/h1>/s.exec(html) ?? [];
  const said = `${word}: ${plain(sentence).trim()}`.toLowerCase();
  return said === verdict.sentence.toLowerCase() ? verdict.status : said;
}

/** Where a run says its verdict, and what it says there. All have to be the same. */
export function verdictsOf(result: RunResult): Record<string, string> {
  const { verdict } = resultsIn(reportOf(result));
  const begins = { passed: 'Passed', failed: 'Failed', incomplete: 'Incomplete' };
  const has = (text: string) => (text.includes(verdict.sentence) ? verdict.status : 'another sentence');
  const { failures, errors } = junitCounts(reportOf(result));
  return {
    'results.json': verdict.status,
    'its sentence': verdict.sentence.startsWith(begins[verdict.status]) ? verdict.status : 'another word',
    output: result.outputs.verdict ?? '',
    log: has(result.lines.join('\n')),
    summary: has(plain(result.summary)),
    'report.html': headOf(reportOf(result)),
    'junit.xml': failures + errors > 0 ? 'failed' : 'passed',
    'exit code': result.exitCode === 0 ? 'passed' : 'failed',
  };
}
