/** A report whose texts try to act as markup, mentions, links and formulas, or to mislead. */
import type { Report } from '../../../src/model/report.ts';
import { sha256 } from '../../helpers/builders.ts';
import {
  evalResult,
  evalSamples,
  report,
  sample,
  unfinished,
  verdict,
} from '../../helpers/report-builders.ts';
import { compared, comparison, rated } from './samples.ts';
import { resultsOf } from './sets.ts';
import { FIX_AND_RERUN, type Variant } from './variant.ts';

const EVIL =
  '</details><script>alert(1)</script> | @octocat #1 GH-2 octo-org/repo#3 https://evil.example/x www.evil.example [click](http://evil.example) ![x](http://evil.example/p.png) `tick` $x^2$ and $y$ *bold* _it_ ~~gone~~ <!-- open \u202egnp.exe \u001b[31mred';

const NAME = 'x|y`<img src=x onerror=alert(1)>@octocat';

const failed = unfinished(NAME, 'failed', EVIL, {
  recorded: 2,
  error: {
    type: 'ValueError',
    message: `it ended with ${EVIL}`,
    place: null,
    sample: EVIL,
    lastLines: ['````', '</details>', '```', '::error::injected', EVIL, '~~~'],
  },
});

const worse = rated('degraded|`</code>', 12, 20);

const flipped = compared(worse, 'degraded', { worse: 7, better: 0, sentence: EVIL });
const flip = { ...flipped.flips[0], id: `${NAME}.dev.1`, hash: sha256('evil') };

function hostile(): Report {
  const evals = [
    failed,
    worse,
    evalResult('reused', {
      status: 'reused',
      run: { id: '1](http://evil.example)', attempt: 1 },
      mainMetric: { name: 'a|b`<b>', value: EVIL, interval: null, higherIsBetter: true },
      judge: '`|<b>judge</b>',
      replacedModels: { '`old`': '<b>live</b>|' },
      decision: { kind: 'run', reason: `${EVIL} changed`, parts: [EVIL] },
    }),
  ];
  const flips = flipped.flips.map((each, n) => (n === 0 ? { ...each, ...flip } : each));
  const texts = {
    prompt: `user: ${EVIL}\n\`\`\`\`\`\n</details>`,
    expected: '```',
    answer: EVIL,
    judge: `# Not a heading\n\n---\n${EVIL}`,
  };
  const samples = new Map([
    [worse.key, evalSamples([sample(flip.id, false, { hash: flip.hash })], { [flip.id]: texts })],
  ]);
  const source = {
    ...{ path: EVIL, runId: '12)', sha: '<b>', ref: 'refs/heads/@octocat#1', model: EVIL, ended: 'never' },
  };
  return report(evals, {
    results: resultsOf(evals, { model: 'm`|<b>', evalSet: NAME }),
    verdict: verdict({
      status: 'failed',
      sentence: `Failed: ${EVIL}`,
      rules: [{ rule: EVIL, line: 1, advisory: false, status: 'missed', sentence: EVIL, evals: [] }],
      comparison: comparison([{ ...flipped, flips }], { source }),
    }),
    samples,
    links: { serverUrl: 'https://github.com', repository: 'octo-org/support-bot', runId: '19850077311' },
  });
}

export const hostileVariant: Variant = {
  name: 'hostile',
  title: 'Texts of others that try to act as markup',
  report: hostile(),
  extras: {
    notes: [EVIL],
    next: FIX_AND_RERUN,
    reportUrl: 'javascript:alert(1)',
    savedReportPath: '/tmp/`x`/report.html',
  },
};
