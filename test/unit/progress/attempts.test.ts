import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { AttemptRecord } from '../../../src/model/attempt-record.ts';
import { noTraffic } from '../../../src/model/traffic.ts';
import { formatAttempts, parseAttempts } from '../../../src/progress/attempts-file.ts';
import { statePaths } from '../../../src/progress/paths.ts';
import { State } from '../../../src/progress/state.ts';
import { owner, recordingLog, temporaryDirectory } from '../../helpers/builders.ts';
import { someFacts } from '../../helpers/finished-run.ts';

function attempt(changes: Partial<AttemptRecord> = {}): AttemptRecord {
  return {
    version: 1,
    eval: 'a.dev.v0',
    argv: ['oaieval', 'gpt-4', 'a.dev.v0'],
    attempt: 1,
    status: 'failed',
    willRetry: false,
    cause: 'exit',
    reason: 'oaieval exited with code 3',
    lastLines: ['one', 'two'],
    traffic: { ...noTraffic, sent: 3 },
    adaptations: [],
    run: { repository: 'o/r', id: '1', attempt: 1 },
    started: '2026-01-01T00:00:00.000Z',
    ended: '2026-01-01T00:01:00.000Z',
    ...changes,
  };
}

function open(root = temporaryDirectory()) {
  const log = recordingLog();
  const paths = statePaths(root, 'gpt-4', 'set');
  return { root, log, paths, state: State.open({ paths, owner, log }) };
}

describe('attempts', () => {
  test('attempts: recorded attempts are read in their order, and grow the revision', () => {
    const { state, root } = open();
    const before = state.revision;
    state.recordAttempt(attempt());
    state.recordAttempt(attempt({ attempt: 2, status: 'completed', cause: null, reason: '', lastLines: [] }));
    expect(state.revision).toBeGreaterThan(before);
    const again = open(root).state;
    expect(again.attempts.map(({ attempt: number }) => number)).toEqual([1, 2]);
    expect(again.attempts).toEqual(state.attempts);
  });

  test('attempts: the start of a run removes the attempts of earlier runs', () => {
    const { state, root, paths } = open();
    state.recordAttempt(attempt());
    state.beginRun(someFacts);
    expect(state.attempts).toEqual([]);
    expect(existsSync(paths.attempts)).toBe(false);
    expect(open(root).state.attempts).toEqual([]);
  });

  test('attempts: texts are recorded without secrets and control characters, and shortened', () => {
    const { state, log, root } = open();
    log.hide('sk-very-secret-key');
    const lastLines = Array.from(
      { length: 40 },
      (_, n) => `${n} sk-very-secret-key \u001b[31m\u2028${'x'.repeat(5000)}`,
    );
    state.recordAttempt(attempt({ lastLines, reason: 'a\nsk-very-secret-key\u0007' }));
    const [written] = open(root).state.attempts;
    expect(written?.lastLines).toHaveLength(30);
    expect(JSON.stringify(written)).not.toContain('sk-very-secret-key');
    expect(written?.reason).toMatch(/^a /);
    expect(open(root).log.warnings).toEqual([]);
  });

  test('attempts: a torn last line is dropped, and the next record does not join it', () => {
    const { state, root, paths } = open();
    state.recordAttempt(attempt());
    state.recordAttempt(attempt({ attempt: 2 }));
    writeFileSync(paths.attempts, readFileSync(paths.attempts, 'utf8').slice(0, -9));
    const healed = open(root);
    expect(healed.log.warnings).toEqual([]);
    healed.state.recordAttempt(attempt({ attempt: 3 }));
    expect(open(root).state.attempts.map(({ attempt: number }) => number)).toEqual([1, 3]);
  });

  test('attempts: a file with an invalid line is quarantined, and its other lines are used', () => {
    const { state, root, paths } = open();
    state.recordAttempt(attempt());
    writeFileSync(paths.attempts, `rubbish\n${readFileSync(paths.attempts, 'utf8')}`);
    const { log, state: healed } = open(root);
    expect(log.warnings).toEqual([expect.stringContaining('line 1: not JSON (1 such)')]);
    expect(readdirSync(paths.resume).some((name) => name.startsWith('attempts.jsonl.rejected-'))).toBe(true);
    expect(healed.attempts).toHaveLength(1);
    expect(open(root).log.warnings).toEqual([]);
  });

  test('attempts: attempts of another repository are not used', () => {
    const { paths, root, state } = open();
    state.recordAttempt(attempt());
    const foreign = attempt({ run: { repository: 'x/y', id: '1', attempt: 1 } });
    writeFileSync(paths.attempts, formatAttempts([foreign, attempt()]));
    expect(open(root).state.attempts).toEqual([attempt()]);
  });

  test('attempts: merging is commutative and idempotent', () => {
    const [mine, theirs] = [open(), open()];
    mine.state.recordAttempt(attempt({ eval: 'b', argv: ['oaieval', 'gpt-4', 'b'] }));
    theirs.state.recordAttempt(attempt());
    mine.state.merge(open(theirs.root).state);
    theirs.state.merge(open(mine.root).state);
    theirs.state.merge(open(mine.root).state);
    expect(mine.state.attempts).toHaveLength(2);
    expect(open(theirs.root).state.attempts).toEqual(mine.state.attempts);
  });

  test.each<[string, object]>([
    ['version', { version: 2 }],
    ['status', { status: 'ended' }],
    ['cause', { cause: 'Not A Kind' }],
    ['lastLines.0', { lastLines: ['a\n::error::b'] }],
    ['traffic.sent', { traffic: { ...noTraffic, sent: -1 } }],
    ['argv', { eval: 'b' }],
  ])('attempts: a line with a wrong %s is rejected', (where, changes) => {
    const line = `${JSON.stringify({ ...attempt(), ...changes })}\n`;
    expect(parseAttempts(line)).toMatchObject({
      records: [],
      rejected: expect.stringContaining(`line 1: ${where}`),
    });
  });
});
