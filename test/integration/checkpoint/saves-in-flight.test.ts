/** A checkpoint that is made while evals append to their journals and complete restores to a valid state. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { CHECKPOINT_PATH } from '../../../src/checkpoint/cache/protocol.ts';
import { Journal } from '../../../src/progress/journal.ts';
import { statePaths } from '../../../src/progress/paths.ts';
import { State } from '../../../src/progress/state.ts';
import { completion, owner, planned, recordingLog } from '../../helpers/builders.ts';
import { silentLog } from '../../helpers/silent-log.ts';

const run = promisify(execFile);

const EVALS = 8;
const CHECKPOINTS = 6;

const keyOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const usage = { prompt: 3, completion: 2, cached: 0, reasoning: 0 };

/** The journal compresses long bodies, and not short ones. */
const bodyOf = (key: string): Buffer => Buffer.from(key.repeat(4 * Number.parseInt(key.slice(0, 1), 16)));

const journalOwner = (number: number) => ({
  eval: `eval-${number}.dev.v0`,
  repository: owner.repository,
  fingerprint: keyOf(`content ${number}`),
  parts: { samples: keyOf('samples') },
});

/** An eval in progress: it appends whenever this process is idle. */
class Appender {
  readonly journal: Journal;
  readonly keys: string[] = [];
  readonly #number: number;
  #running = true;

  constructor(state: State, number: number) {
    this.journal = Journal.open(state.paths, journalOwner(number)).journal;
    this.#number = number;
    this.#next();
  }

  stop(): void {
    this.#running = false;
    this.journal.close();
  }

  #next(): void {
    if (!this.#running) return;
    const key = keyOf(`${this.#number}/${this.keys.length}`);
    this.journal.append(key, 0, { status: 200, type: 'application/json', body: bodyOf(key), usage });
    this.keys.push(key);
    setImmediate(() => this.#next());
  }
}

test('checkpoint: one that is made while evals append and complete restores every sealed response', async () => {
  const root = mkdtempSync(join(tmpdir(), 'oaievalset-test-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const state = State.open({ paths: statePaths(join(root, 'state'), 'gpt-4', 'set'), owner, log: silentLog });
  const appenders = Array.from({ length: EVALS }, (_, number) => new Appender(state, number));
  onTestFinished(() => {
    for (const appender of appenders) appender.stop();
  });
  let completed = 0;
  const complete = (): void => state.complete(completion(planned(`done-${completed++}.dev.v0`)));

  for (let round = 0; round < CHECKPOINTS; round += 1) {
    const [copy, back] = [join(root, `copy-${round}`), join(root, `back-${round}`)];
    complete();
    for (const { journal } of appenders) journal.seal();
    const sealed = appenders.map(({ keys }) => keys.length);
    const done = completed;
    state.snapshot(join(copy, CHECKPOINT_PATH));
    // tar fails when a file grows or disappears while it reads it.
    const packing = run('tar', ['-cf', `${copy}.tar`, '-C', copy, '.']);
    const completing = setInterval(complete, 1);
    await packing.finally(() => clearInterval(completing));
    const grown = appenders.map(({ keys }, number) => keys.length - (sealed[number] ?? 0));
    expect(Math.min(...grown), 'evals appended meanwhile').toBeGreaterThan(0);
    mkdirSync(back);
    await run('tar', ['-xf', `${copy}.tar`, '-C', back]);

    const log = recordingLog();
    const paths = statePaths(join(back, CHECKPOINT_PATH), 'gpt-4', 'set');
    const restored = State.open({ paths, owner, log });
    expect(log.warnings).toEqual([]);
    expect(restored.records.map((record) => record.eval)).toEqual(
      state.records.slice(0, done).map((record) => record.eval),
    );
    expect(restored.commands).toHaveLength(done);
    for (const [number, { keys }] of appenders.entries()) {
      const { journal, damaged, staleParts } = Journal.open(paths, journalOwner(number));
      expect({ damaged, staleParts, size: journal.size }).toEqual({
        damaged: 0,
        staleParts: undefined,
        size: sealed[number],
      });
      // All of the newest, and some of the others.
      for (const [i, key] of keys.slice(0, sealed[number]).entries()) {
        if (i % 97 === 0 || i > (sealed[number] ?? 0) - 5)
          expect(journal.find(key, 0)?.body.equals(bodyOf(key)), `${number}/${i}`).toBe(true);
      }
      journal.close();
    }
    for (const path of [copy, `${copy}.tar`, back]) rmSync(path, { recursive: true });
  }
});
