/** What the runner is told through files: state, outputs, summary. A runner that takes none of it does not end a run. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { summary } from '@actions/core';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { RunContext } from '../../../src/action/context.ts';
import { publishOutputs, publishSummary } from '../../../src/action/publish.ts';
import { loadSession, RunningSession, type Session } from '../../../src/action/session.ts';
import { summarize } from '../../../src/report/results.ts';
import { completion, planned, recordingLog, temporaryDirectory } from '../../helpers/builders.ts';
import { identity } from '../../helpers/cache-rig.ts';

const context: RunContext = {
  repository: 'o/r',
  runId: '1',
  runAttempt: 1,
  workflow: 'o/r/.github/workflows/evals.yml',
  job: 'evals',
  step: '__self',
  workspace: '/work',
  ref: 'refs/heads/main',
  serverUrl: 'https://github.com',
  apiUrl: 'https://api.github.com',
  temporaryDirectory: '/tmp',
  fromFork: false,
};
const session: Session = {
  inputs: { model: 'gpt-4', evalSet: 'set', cacheKey: '', stateDirectory: '/tmp/state' },
  context,
  checkpoint: identity,
  nextSeq: 1,
  ended: false,
};
const done = planned('a.dev.v0');
const results = summarize('gpt-4', 'set', [{ status: 'fresh', eval: done, record: completion(done) }]);
const published = { results, restoredKey: 'r', savedKey: 's', progressFile: '/p' };

/** A file that the runner names, and what is in it. */
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

describe('the session', () => {
  test('post finds the last of all sessions that main has saved', () => {
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

  test('is none when main did not get so far', () => {
    runnerFile('GITHUB_STATE');
    expect(loadSession()).toBeUndefined();
  });

  test('that the runner does not take is said once, and what has changed is not forgotten', () => {
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

describe('the outputs', () => {
  test('are written', () => {
    const written = runnerFile('GITHUB_OUTPUT');
    const log = recordingLog();
    publishOutputs(published, log);
    expect(written()).toMatch(/^complete<<(\S+)\ntrue\n\1$/m);
    expect(log.warnings).toEqual([]);
  });

  test('that the runner does not take are a warning', () => {
    runnerFile('GITHUB_OUTPUT', false);
    const log = recordingLog();
    publishOutputs(published, log);
    expect(log.warnings).toEqual([
      expect.stringMatching(/^The outputs of the step could not be written: Missing file/),
    ]);
  });
});

describe('the summary', () => {
  // One test: @actions/core remembers where the summary is.
  test('is a warning when the runner does not take it, nothing without a runner, and written otherwise', async () => {
    const log = recordingLog();
    vi.stubEnv('GITHUB_STEP_SUMMARY', undefined);
    await publishSummary(results, context, [], log);
    expect(log.warnings).toEqual([]);
    runnerFile('GITHUB_STEP_SUMMARY', false);
    await publishSummary(results, context, [], log);
    expect(log.warnings).toEqual([
      expect.stringMatching(/^The job summary could not be written: Unable to access/),
    ]);
    summary.emptyBuffer();
    const written = runnerFile('GITHUB_STEP_SUMMARY');
    await publishSummary(results, context, ['a note'], log);
    expect(written()).toContain('a note');
  });
});
