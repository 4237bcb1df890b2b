/** Files of the runner: state, outputs, summary. If they cannot be written, the run continues. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { summary } from '@actions/core';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { RunContext } from '../../../src/action/context.ts';
import { type Places, publishOutputs, publishSummary } from '../../../src/action/publish.ts';
import { reportPaths } from '../../../src/action/report-files.ts';
import { loadSession, RunningSession, type Session } from '../../../src/action/session.ts';
import { recordingLog, temporaryDirectory } from '../../helpers/builders.ts';
import { identity } from '../../helpers/cache-rig.ts';
import { evalResult, report } from '../../helpers/report-builders.ts';

const context: RunContext = {
  repository: 'o/r',
  runId: '1',
  runAttempt: 1,
  workflow: 'o/r/.github/workflows/evals.yml',
  job: 'evals',
  step: '__self',
  workspace: '/work',
  ref: 'refs/heads/main',
  sha: 'abc123',
  serverUrl: 'https://github.com',
  apiUrl: 'https://api.github.com',
  temporaryDirectory: '/tmp',
  withheldSecrets: undefined,
};
const session: Session = {
  inputs: { model: 'gpt-4', evalSet: 'set', cacheKey: '', stateDirectory: '/tmp/state' },
  context,
  checkpoint: identity,
  nextSeq: 1,
  ended: false,
};
const places: Places = {
  restoredKey: 'r',
  savedKey: 's',
  progressFile: '/p',
  logsDirectory: '/logs',
  report: reportPaths('', context),
};

/** Creates a file that the runner names. @returns a function that reads it */
function runnerFile(name: string, there = true): () => string {
  const path = join(temporaryDirectory(), name);
  if (there) writeFileSync(path, '');
  vi.stubEnv(name, path);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    summary.emptyBuffer();
  });
  return () => readFileSync(path, 'utf8');
}

describe('session', () => {
  test('session: post loads the last one that main saved', () => {
    const written = runnerFile('GITHUB_STATE');
    const running = new RunningSession(session, recordingLog());
    running.save();
    running.save({ nextSeq: 2 });
    running.save({ ended: true });
    const last = /^session<<(\S+)\n(.*)\n\1\n$/ms.exec(
      written().slice(written().lastIndexOf('session<<')),
    )?.[2];
    vi.stubEnv('STATE_session', last ?? '');
    expect(loadSession()).toEqual({ ...session, nextSeq: 2, ended: true });
  });

  test('session: there is none when main saved none', () => {
    runnerFile('GITHUB_STATE');
    expect(loadSession()).toBeUndefined();
  });

  test('session: one that cannot be saved is one warning, and the next one has all changes', () => {
    runnerFile('GITHUB_STATE', false);
    const log = recordingLog();
    const running = new RunningSession(session, log);
    running.save({ nextSeq: 2 });
    running.save({ nextSeq: 3 });
    expect(log.warnings).toEqual([
      expect.stringMatching(/^The state of this step could not be passed to its post step: Missing file/),
    ]);
    const written = runnerFile('GITHUB_STATE');
    running.save({ savedOutline: 'o' });
    expect(written()).toContain('"nextSeq":3,"ended":false,"savedOutline":"o"');
  });
});

describe('outputs', () => {
  test('outputs: are written', () => {
    const written = runnerFile('GITHUB_OUTPUT');
    const log = recordingLog();
    publishOutputs(report([evalResult('a')]), places, log);
    expect(written()).toMatch(/^complete<<(\S+)\ntrue\n\1$/m);
    expect(written()).toMatch(/^report-file<<(\S+)\n\/tmp\/oaievalset-report\/__self\/report\.html\n\1$/m);
    expect(log.warnings).toEqual([]);
  });

  test('outputs: a failure to write them is a warning', () => {
    runnerFile('GITHUB_OUTPUT', false);
    const log = recordingLog();
    publishOutputs(report([evalResult('a')]), places, log);
    expect(log.warnings).toEqual([
      expect.stringMatching(/^The outputs of the step could not be written: Missing file/),
    ]);
  });
});

describe('summary', () => {
  // One test: @actions/core remembers where the summary is.
  test('summary: a failure to write it is a warning; outside a runner there is none', async () => {
    const log = recordingLog();
    vi.stubEnv('GITHUB_STEP_SUMMARY', undefined);
    await publishSummary(() => 'a summary', log);
    expect(log.warnings).toEqual([]);
    runnerFile('GITHUB_STEP_SUMMARY', false);
    await publishSummary(() => 'a summary', log);
    expect(log.warnings).toEqual([
      expect.stringMatching(/^The job summary could not be written: Unable to access/),
    ]);
    summary.emptyBuffer();
    const written = runnerFile('GITHUB_STEP_SUMMARY');
    await publishSummary(() => 'a summary', log);
    expect(written()).toContain('a summary');
  });
});
