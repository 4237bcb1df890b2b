/** compare/action.yml: the ranking of two models, from the reports that the action wrote. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chat } from '../../helpers/gateway-rig.ts';
import { ownAction, runAction } from '../../helpers/runner.ts';
import { cleanupAfterAll, temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { logOf } from '../../helpers/test-machine.ts';
import { reportedApi, reportedMachine, reportOf, writeReportedSet } from './reported-set.ts';

const cleanup = cleanupAfterAll();
const WEAK = 'gpt-4o';

const compare = (directory: string, reports: string) =>
  runAction({
    action: join(ownAction, 'compare'),
    directory,
    repository: 'octo-org/octo-repo',
    inputs: { 'reports-directory': reports },
    env: {},
  });

test('compare action: ranks two models whose reports the action wrote, and leaves out a damaged one', async () => {
  const directory = temporaryDirectory(cleanup);
  const reports = join(directory, 'reports');
  writeReportedSet(directory);
  const api = {
    ...reportedApi,
    faults: (...[asked, ...rest]: Parameters<NonNullable<typeof reportedApi.faults>>) =>
      asked.model === WEAK && JSON.stringify(asked.body).includes('question')
        ? { status: 200, body: chat('no idea') }
        : reportedApi.faults?.(asked, ...rest),
  };
  for (const model of ['gpt-4', WEAK]) {
    const machine = await reportedMachine(cleanup, directory, { api, model });
    const result = await machine.run({ cache: false });
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true' });
    cpSync(reportOf(result), join(reports, `report-${model}`), { recursive: true });
  }
  mkdirSync(join(reports, 'damaged'));
  writeFileSync(join(reports, 'damaged', 'results.json'), '{"version": 1');

  const compared = await compare(directory, reports);
  expect(compared.exitCode, logOf(compared)).toBe(0);
  expect(compared.outputs).toEqual({ 'best-model': 'gpt-4', decisive: 'true' });
  expect(compared.summary).toContain(
    'gpt-4 is best: it beats gpt-4o (better on 16, worse on 0; p &lt; 0.001)',
  );
  expect(compared.summary).toContain('damaged is left out');
});

test('compare action: fails when there is no report', async () => {
  const directory = temporaryDirectory(cleanup);
  const result = await compare(directory, directory);
  expect(result.exitCode).toBe(1);
  expect(logOf(result)).toContain('[REPORTS_UNUSABLE]');
});
