import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { findProcess, type RunningAct } from '../helpers/act.ts';
import type { ActResult } from '../helpers/act-log.ts';
import { untilRecorded } from '../helpers/generated-set.ts';
import type { ModelRequest } from '../stand-ins/model-request.ts';
import { outputsOf } from './scenario.ts';
import { type EvalOf, evalsByPrompt, makeSharded, type Sharded, shardOf } from './sharded.ts';

/** 28 evals of evals, with 5 requests each. */
const RAVEN = { name: 'raven-matrices', args: '--max_samples 5', evals: 28, requestsPerEval: 5 } as const;
const SHARDS = 4;
const REQUESTS = RAVEN.evals * RAVEN.requestsPerEval;

/** The shard that is killed, what it has completed by then, and how many responses each eval that it runs has got. */
const KILLED = { shard: 2, completed: 3, running: 2, responses: 2 } as const;
const RECORDED = KILLED.running * KILLED.responses;
/** Evals of the killed shard that are not completed, and the requests that they have still to send. */
const PENDING = RAVEN.evals / SHARDS - KILLED.completed;
const UNSENT = PENDING * RAVEN.requestsPerEval - RECORDED;

it('shards under act: one is killed and re-run, and no response of the set is paid for twice', async () => {
  const evalOf = await evalsByPrompt(RAVEN.name);
  const sharded = await makeSharded(RAVEN);
  const { model, start, pythonStarts, removeStateDirectory } = sharded;

  model.holdWhen(afterSomeOf(evalOf));
  const first = await start({ shards: SHARDS, runId: '500' });
  await killOne(first, sharded);
  const killed = await first.finished;
  for (const shard of [1, 2, 3, 4]) {
    const result = killed.ofJob('evals', { shard }).resultOf('evals');
    expect(result, killed.text).toBe(shard === KILLED.shard ? 'failure' : 'success');
  }
  expectIncomplete(killed, `shard ${KILLED.shard} of ${SHARDS} did not complete it`, {
    total: String(RAVEN.evals),
    completed: String(RAVEN.evals - PENDING),
    pending: String(PENDING),
  });
  // All clients have ended, so none can send a request again.
  await expect.poll(() => model.counts().held, { timeout: 10_000 }).toBe(0);
  const answered = model.requests.filter(({ status }) => status === 200);
  expect(answered).toHaveLength(REQUESTS - UNSENT);
  // No eval is in two shards.
  for (const requests of Map.groupBy(model.requests, evalOf).values())
    expect(new Set(requests.map(shardOf)).size).toBe(1);

  // GitHub re-runs the failed jobs, on machines that have only the checkpoints.
  model.release();
  model.forget();
  await removeStateDirectory();
  const rerun = await start({ shards: SHARDS, runId: '500', runAttempt: 2, only: [KILLED.shard] });
  const completed = await rerun.finished;
  expect(completed.exitCode, completed.text).toBe(0);
  expect(outputsOf(completed.ofJob('evals', { shard: KILLED.shard })), completed.text).toMatchObject({
    reused: String(KILLED.completed),
    fresh: String(PENDING),
    'requests-sent': String(UNSENT),
    'requests-replayed': String(RECORDED),
  });
  expectWhole(completed, sharded);
  expect(new Set(model.requests.map(shardOf))).toEqual(new Set([KILLED.shard]));
  // In both attempts together, each eval got each of its responses once.
  const both = [...answered, ...model.requests];
  expect(new Set(both.map(({ bodySha256 }) => bodySha256)).size).toBe(both.length);
  const ofEvals = [...Map.groupBy(both, evalOf).values()].map(({ length }) => length);
  expect(ofEvals).toEqual(Array(RAVEN.evals).fill(RAVEN.requestsPerEval));

  // A later run has another number of shards.
  model.forget();
  await removeStateDirectory();
  const starts = pythonStarts();
  const later = await (await start({ shards: 3, runId: '501' })).finished;
  expect(later.exitCode, later.text).toBe(0);
  const ofShards = [1, 2, 3].map((shard) => outputsOf(later.ofJob('evals', { shard })));
  for (const outputs of ofShards) {
    expect(outputs['restored-key'], later.text).toBe(outputsOf(completed.ofJob('merge'))['saved-key']);
    expect(outputs).toMatchObject({ fresh: '0', pending: '0', 'requests-sent': '0' });
  }
  expect(ofShards.reduce((sum, { reused }) => sum + Number(reused), 0)).toBe(RAVEN.evals);
  expectWhole(later, sharded);
  expect(outputsOf(later.ofJob('merge')), later.text).toMatchObject({ reused: String(RAVEN.evals) });
  expect([model.counts().received, pythonStarts()]).toEqual([0, starts]);
});

it('shards under act: one whose job fails before the action starts is named, and makes the set incomplete', async () => {
  const { start } = await makeSharded({ name: 'test-basic', args: '' });
  const result = await (await start({ shards: 2, runId: '510', broken: [2] })).finished;
  const [one, two] = [1, 2].map((shard) => result.ofJob('evals', { shard }).resultOf('evals'));
  expect([one, two], result.text).toEqual(['success', undefined]);
  const missing = 'Shard 2 of 2 is missing: it saved no checkpoint in this run.';
  expectIncomplete(result, missing, { total: '4', completed: '2', pending: '2' });
});

/**
 * The API responds to all requests of the first evals of the shard that is killed, and then to so many requests of each eval that
 * it waits for the others.
 */
function afterSomeOf(evalOf: EvalOf): (request: ModelRequest) => boolean {
  const requests = new Map<string, number>();
  return (request) => {
    if (shardOf(request) !== KILLED.shard) return false;
    const name = evalOf(request);
    const number = (requests.get(name) ?? 0) + 1;
    requests.set(name, number);
    return [...requests.keys()].indexOf(name) >= KILLED.completed && number > KILLED.responses;
  };
}

/** Kills the process of one shard when all responses that it got are recorded. */
async function killOne(act: RunningAct, { model, path }: Sharded): Promise<void> {
  const held = KILLED.running * (RAVEN.requestsPerEval - KILLED.responses);
  await Promise.race([model.untilHeld(held), act.finished]);
  const shard = `${KILLED.shard}/${SHARDS}`;
  const main = findProcess(act.pid, 'dist/main/index.js', `INPUT_SHARD=${shard}`);
  if (main === undefined) throw new Error(`The shard is not running:\n${(await act.finished).text}`);
  await untilRecorded({ path }, RECORDED, { shard });
  process.kill(main, 'SIGKILL');
}

/** Expects that the merge fails because of one shard. */
function expectIncomplete(result: ActResult, why: string, outputs: Readonly<Record<string, string>>): void {
  const merge = result.ofJob('merge');
  expect(merge.resultOf('merge'), result.text).toBe('failure');
  expect(merge.text).toContain(why);
  expect(merge.text).toContain('[INCOMPLETE]');
  expect(outputsOf(merge), result.text).toMatchObject({
    complete: 'false',
    verdict: 'incomplete',
    failed: '0',
    ...outputs,
  });
}

/** Expects that the merge reports all evals of the set with all their samples, and that its state has them. */
function expectWhole(result: ActResult, { path, results }: Sharded): void {
  expect(outputsOf(result.ofJob('merge')), result.text).toMatchObject({
    complete: 'true',
    verdict: 'passed',
    total: String(RAVEN.evals),
    completed: String(RAVEN.evals),
  });
  const lines = readFileSync(path('progress.txt'), 'utf8').trimEnd().split('\n');
  expect(lines).toHaveLength(RAVEN.evals);
  const { evals } = results();
  expect(new Set(evals.map(({ key }) => key)).size).toBe(RAVEN.evals);
  expect(evals.map(({ samples }) => samples.total)).toEqual(Array(RAVEN.evals).fill(RAVEN.requestsPerEval));
}
