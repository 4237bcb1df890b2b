/** Kept answers as a part of a state: in its checkpoint, in merges, and in those of shards. */
import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { AnswerStore } from '../../../src/progress/answer-store.ts';
import { answersFile, type StatePaths, statePaths } from '../../../src/progress/paths.ts';
import { bytesOf } from '../../../src/progress/snapshot.ts';
import { type OpenOptions, State } from '../../../src/progress/state.ts';
import { owner, sha256, temporaryDirectory } from '../../helpers/builders.ts';
import { response } from '../../helpers/journal-directory.ts';
import { silentLog } from '../../helpers/silent-log.ts';
import { a, b, c, stateWithDone } from '../../helpers/state-directory.ts';

/** Keeps one answer of each of these evals. */
async function keep(paths: StatePaths, ...evals: readonly { readonly key: string }[]): Promise<void> {
  const store = new AnswerStore(paths);
  for (const { key } of evals) {
    const owner = { eval: key, repository: 'o/r', fingerprint: sha256('servers'), parts: {} };
    await store.keep(owner, [{ key: sha256(key), n: 0, at: 1, response: response(key) }]);
  }
}

/** An empty state. */
function openedWith(options: Partial<OpenOptions>): { readonly state: State; readonly paths: StatePaths } {
  const paths = statePaths(temporaryDirectory(), 'gpt-4', 'set');
  return { paths, state: State.open({ paths, owner, log: silentLog, ...options }) };
}

const keptIn = (paths: StatePaths) => (existsSync(paths.answers) ? readdirSync(paths.answers).sort() : []);
const filesOf = (...evals: readonly { readonly key: string }[]) => evals.map(({ key }) => `${key}.jsonl`);

describe('kept answers in a state', () => {
  test('kept answers: are in a snapshot, and change its outline and its size', async () => {
    const { state, paths } = stateWithDone(a);
    const [outline, bytes] = [state.outline(), bytesOf(paths)];
    await keep(paths, a);
    expect(state.outline()).not.toBe(outline);
    expect(bytesOf(paths)).toBeGreaterThan(bytes);
    const target = temporaryDirectory();
    state.snapshot(target);
    expect(readdirSync(`${target}/gpt-4.set.resume/answers`)).toEqual(filesOf(a));
  });

  test('kept answers: a merge adopts them, also of evals that left the set', async () => {
    const theirs = stateWithDone(a, b, c);
    await keep(theirs.paths, a, b, c);
    const mine = openedWith({ knownCommands: [a.command, b.command] });
    await keep(mine.paths, b);
    mine.state.merge(theirs.state);
    expect(keptIn(mine.paths)).toEqual(filesOf(a, b, c));
  });

  test('kept answers: a shard adopts those of its own evals alone', async () => {
    const theirs = stateWithDone(a, b, c);
    await keep(theirs.paths, a, b, c);
    const mine = openedWith({ knownCommands: [a.command, b.command], elsewhere: [b.key] });
    mine.state.merge(theirs.state);
    expect(keptIn(mine.paths)).toEqual(filesOf(a));
    expect(existsSync(answersFile(mine.paths, b.key))).toBe(false);
  });
});
