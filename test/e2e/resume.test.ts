import { expect, it } from 'vitest';
import { findProcess } from '../helpers/act.ts';
import { apiFaults } from '../stand-ins/api-faults.ts';
import { evalSet, makeScenario, outputsOf } from './scenario.ts';

const { evals, requestsPerEval } = evalSet;

it('resume under act: a killed job continues on another machine, and nothing is paid for twice', async () => {
  const { model, start, run, completedEvals, removeStateDirectory } = await makeScenario();

  // The first job is killed in its second eval, whose requests get no response.
  model.holdWhen(() => completedEvals().length > 0);
  const first = await start({ runId: '100', runAttempt: 1 });
  await Promise.race([model.untilHeld(), first.finished]);
  const main = findProcess(first.pid, 'dist/main/index.js');
  if (main === undefined) throw new Error(`The action is not running:\n${(await first.finished).text}`);
  const done = completedEvals();
  process.kill(main, 'SIGKILL');
  const killed = await first.finished;

  expect(done, killed.text).toHaveLength(1);
  expect(killed.resultOf('evals'), killed.text).toBe('failure');
  expect(killed.resultOf('evals', 'Post'), killed.text).toBe('success');
  expect(killed.resultOf('on-failure'), killed.text).toBe('success');
  expect(completedEvals()).toEqual(done);
  // All clients have ended, so none can send a request again.
  await expect.poll(() => model.counts().held, { timeout: 10_000 }).toBe(0);
  const answeredFirst = model.counts().answered;
  expect(answeredFirst).toBe(requestsPerEval);

  // The second attempt of the same run has only the checkpoint.
  model.release();
  model.forget();
  await removeStateDirectory();
  const resumed = await run({ runId: '100', runAttempt: 2 });

  expect(resumed.exitCode, resumed.text).toBe(0);
  expect(outputsOf(resumed), resumed.text).toMatchObject({
    complete: 'true',
    total: String(evals),
    completed: String(evals),
    reused: '1',
    fresh: String(evals - 1),
    failed: '0',
    pending: '0',
  });
  expect(outputsOf(resumed)['restored-key'], resumed.text).not.toBe('');
  expect(completedEvals()).toHaveLength(evals);
  expect(model.counts().received).toBe(requestsPerEval * (evals - 1));
});

it('resume under act: a complete set sends no requests, and another cache-key starts from nothing', async () => {
  const { model, run, removeStateDirectory } = await makeScenario();

  const first = await run({ runId: '200', inputs: { 'cache-key': 'one' } });
  expect(first.exitCode, first.text).toBe(0);
  expect(outputsOf(first), first.text).toMatchObject({ complete: 'true', fresh: String(evals), reused: '0' });
  expect(outputsOf(first)['saved-key'], first.text).not.toBe('');
  expect(model.counts().received).toBe(requestsPerEval * evals);

  // A later run, on a new machine.
  await removeStateDirectory();
  model.forget();
  const again = await run({ runId: '201', inputs: { 'cache-key': 'one' } });
  expect(again.exitCode, again.text).toBe(0);
  expect(outputsOf(again), again.text).toMatchObject({ complete: 'true', fresh: '0', reused: String(evals) });
  expect(outputsOf(again)['restored-key'], again.text).not.toBe('');
  expect(model.counts().received).toBe(0);

  // The state directory of the previous run still exists, as on a self-hosted runner.
  const other = await run({ runId: '202', inputs: { 'cache-key': 'two' } });
  expect(other.exitCode, other.text).toBe(0);
  expect(outputsOf(other), other.text).toMatchObject({
    fresh: String(evals),
    reused: '0',
    'restored-key': '',
  });
  expect(model.counts().received).toBe(requestsPerEval * evals);
});

it('resume under act: a failed eval fails the job, and only this eval runs in the next attempt', async () => {
  const { model, run, completedEvals, removeStateDirectory } = await makeScenario();

  // Only test-fuzzy-match sets a token limit in its requests.
  model.setFaults(({ body }) =>
    hasMaxTokens(body) ? apiFaults.badRequest('refused by the test') : undefined,
  );
  const first = await run({ runId: '300', runAttempt: 1, inputs: { attempts: '1' } });
  expect(first.exitCode, first.text).not.toBe(0);
  expect(first.resultOf('evals'), first.text).toBe('failure');
  expect(first.resultOf('on-failure'), first.text).toBe('success');
  expect(outputsOf(first), first.text).toMatchObject({
    complete: 'false',
    fresh: String(evals - 1),
    failed: '1',
  });
  expect(completedEvals().filter((key) => key.includes('fuzzy'))).toEqual([]);

  model.setFaults();
  model.forget();
  await removeStateDirectory();
  const second = await run({ runId: '300', runAttempt: 2, inputs: { attempts: '1' } });
  expect(second.exitCode, second.text).toBe(0);
  expect(second.resultOf('on-failure'), second.text).not.toBe('success');
  expect(outputsOf(second), second.text).toMatchObject({
    complete: 'true',
    fresh: '1',
    reused: String(evals - 1),
  });
  expect(model.requests.every(({ body }) => hasMaxTokens(body))).toBe(true);
  expect(model.counts().received).toBe(requestsPerEval);
});

function hasMaxTokens(body: unknown): boolean {
  return (
    typeof body === 'object' && body !== null && ('max_tokens' in body || 'max_completion_tokens' in body)
  );
}
