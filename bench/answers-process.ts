/**
 * In its own process: fills a state with kept answers until they have no more room, or measures what they cost.
 *
 *     answers-process.ts fill <directory> <bytes>       the state, with chat responses of 80 to 240 words
 *     answers-process.ts open <directory>               reads the index of each eval, as its next run does
 *     answers-process.ts replay <directory> <order>     finds all answers of some evals, `in-order` or `shuffled`
 *     answers-process.ts checkpoint <directory>         takes a snapshot, saves it in a stand-in for the cache, and restores it
 */
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKPOINT_PATH } from '../src/checkpoint/cache/protocol.ts';
import { checkpointKeys } from '../src/checkpoint/keys.ts';
import { openCheckpointStore } from '../src/checkpoint/store.ts';
import { keepMemorySmall } from '../src/process/memory.ts';
import { AnswerStore } from '../src/progress/answer-store.ts';
import type { JournalOwner, RecordedAnswer } from '../src/progress/journal-line.ts';
import { answerFiles, statePaths } from '../src/progress/paths.ts';
import { State } from '../src/progress/state.ts';
import { owner as ownerOfState } from '../test/helpers/builders.ts';
import { silentLog } from '../test/helpers/silent-log.ts';
import { startCacheService } from '../test/stand-ins/cache-service.ts';

export interface AnswersCost {
  readonly answers: number;
  /** Processor time; of a snapshot, the time that it took. */
  readonly seconds: number;
  /** The peak memory of this process, in bytes. */
  readonly memory: number;
  /** Of the files of kept answers. */
  readonly bytes: number;
  /** Of the lines in them, before they were compressed. Zero where that was not measured. */
  readonly plainBytes: number;
  /** Of a checkpoint. */
  readonly saveSeconds: number;
  readonly restoreSeconds: number;
}

const ANSWERS_PER_EVAL = 1000;
/** Evals whose answers are replayed. */
const REPLAYED_EVALS = 50;

keepMemorySmall();
const [task = '', root = '', argument = ''] = process.argv.slice(2);
const paths = statePaths(join(root, 'state'), 'gpt-4', 'bench');
const ownerOf = (number: number): JournalOwner => ({
  eval: `bench-${number}.dev.v0`,
  repository: ownerOfState.repository,
  fingerprint: hash('servers'),
  parts: {},
});

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const keyOf = (evalNumber: number, n: number) => hash(`${evalNumber}/${n}`);

/** Numbers that only look random, so that each run measures the same. */
function* pseudoRandom(seed: number): Generator<number> {
  for (let state = seed + 1; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** Words as frequent as in a text: the n-th is n times as rare as the first. */
function textOf(random: Generator<number>): string {
  const next = () => random.next().value as number;
  const words = 80 + Math.floor(next() * 160);
  return Array.from({ length: words }, () => WORDS[Math.floor(5000 ** next()) - 1] ?? 'a').join(' ');
}

const WORDS = Array.from({ length: 5000 }, (_, n) =>
  hash(`${n}`)
    .replace(/\d/g, '')
    .slice(0, 2 + (n % 9)),
);

function* answersOf(evalNumber: number): Generator<RecordedAnswer> {
  const random = pseudoRandom(evalNumber);
  for (let n = 0; n < ANSWERS_PER_EVAL; n += 1) {
    const key = keyOf(evalNumber, n);
    const message = { role: 'assistant', content: textOf(random), refusal: null, annotations: [] };
    const usage = { prompt_tokens: 120, completion_tokens: 200, total_tokens: 320 };
    const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }];
    const body = {
      id: `chatcmpl-${key.slice(0, 29)}`,
      object: 'chat.completion',
      created: 1_700_000_000,
      model: 'gpt-4',
      choices,
      usage,
    };
    const tokens = { prompt: 120, completion: 200, cached: 0, reasoning: 0 };
    const response = {
      status: 200,
      type: 'application/json',
      body: Buffer.from(JSON.stringify(body)),
      usage: tokens,
    };
    plainBytes += response.body.length;
    yield { key, n: 0, at: 1_700_000_000_000, response };
  }
}

let plainBytes = 0;
/** Processor time: other work on the machine takes none of it. */
const cpu = () => process.cpuUsage().user + process.cpuUsage().system;
const cpuSeconds = (since: number) => (cpu() - since) / 1e6;
const started = cpu();
const seconds = (since: number) => (performance.now() - since) / 1000;
const bytesOf = () =>
  answerFiles(paths, 50_000).reduce((sum, name) => sum + statSync(join(paths.answers, name)).size, 0);

function print(cost: Partial<AnswersCost>): void {
  const memory = process.resourceUsage().maxRSS * 1024;
  const none = { answers: 0, plainBytes: 0, saveSeconds: 0, restoreSeconds: 0 };
  console.log(JSON.stringify({ ...none, seconds: cpuSeconds(started), memory, bytes: bytesOf(), ...cost }));
}

async function fill(): Promise<void> {
  const store = new AnswerStore(paths);
  let number = 0;
  for (; number === 0 || bytesOf() * (1 + 1 / number) < Number(argument); number += 1)
    await store.keep(ownerOf(number), answersOf(number));
  print({ answers: number * ANSWERS_PER_EVAL, plainBytes });
}

function open(): void {
  const store = new AnswerStore(paths);
  const evals = answerFiles(paths, 50_000).length;
  let answers = 0;
  for (let number = 0; number < evals; number += 1) answers += store.open(ownerOf(number)).answers?.size ?? 0;
  print({ answers });
}

function replay(): void {
  const store = new AnswerStore(paths);
  const opened = Array.from({ length: REPLAYED_EVALS }, (_, number) => store.open(ownerOf(number)).answers);
  const random = pseudoRandom(1);
  const order = Array.from({ length: ANSWERS_PER_EVAL }, (_, n) => n);
  if (argument === 'shuffled') order.sort(() => (random.next().value as number) - 0.5);
  const since = cpu();
  let answers = 0;
  for (const [number, kept] of opened.entries())
    for (const n of order) answers += kept?.find(keyOf(number, n), 0) ? 1 : 0;
  print({ answers, seconds: cpuSeconds(since) });
}

async function checkpoint(): Promise<void> {
  const cache = await startCacheService({ directory: join(root, 'cache') });
  const temporaryDirectory = join(root, 'temporary');
  mkdirSync(temporaryDirectory, { recursive: true });
  const shard = { index: 1, count: 1 };
  const run = { runId: '1', runAttempt: 1 };
  const keys = checkpointKeys({
    model: 'gpt-4',
    evalSet: 'bench',
    cacheKey: '',
    request: '0'.repeat(8),
    user: '0'.repeat(8),
    shard,
    ...run,
  });
  const store = openCheckpointStore({ keys, env: { ...process.env, ...cache.env }, temporaryDirectory });
  const state = State.open({ paths, owner: ownerOfState, log: silentLog });
  const snapshot = join(root, 'snapshot');
  const since = performance.now();
  state.snapshot(join(snapshot, CHECKPOINT_PATH));
  const snapshotSeconds = seconds(since);
  const saveFrom = performance.now();
  const saved = await store.save(snapshot);
  const saveSeconds = seconds(saveFrom);
  const restoreFrom = performance.now();
  const restored = await store.restore();
  const restoreSeconds = seconds(restoreFrom);
  await cache.close();
  if (saved.kind !== 'saved' || restored.kind !== 'hit')
    throw new Error(`The checkpoint was lost: ${JSON.stringify([saved, restored])}`);
  for (const each of [snapshot, restored.staging]) rmSync(each, { recursive: true });
  print({ seconds: snapshotSeconds, saveSeconds, restoreSeconds });
}

const TASKS: Readonly<Record<string, () => void | Promise<void>>> = { fill, open, replay, checkpoint };
await TASKS[task]?.();
