/** What an eval is answered from its kept answers, and what is kept of it. A program of the test stands in for `oaieval`. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { PlannedEval } from '../../../src/model/plan.ts';
import { AnswerStore } from '../../../src/progress/answer-store.ts';
import { planned, sha256 } from '../../helpers/builders.ts';
import { type Program, ProgramEngine, singleEval } from '../../helpers/single-eval.ts';

const SERVERS = { base_url: sha256('https://api.example') };

/** The eval with this content, which is asked of the same servers. */
function withContent(content: string, servers = SERVERS): PlannedEval {
  const of = planned('a.dev.v0', content);
  const parts = { ...of.fingerprint.parts, ...servers };
  return { ...of, fingerprint: { value: sha256(JSON.stringify(parts)), parts } };
}

/** An eval whose program is replaced between two runs. */
async function reusing(first: Program, options = {}) {
  let program = first;
  const engine = new ProgramEngine((context) => program(context));
  const { state, execute, ...rig } = await singleEval(engine, options);
  const answers = new AnswerStore(state.paths);
  return {
    ...rig,
    state,
    answers,
    /** Runs it with this content, and says what the API got. */
    async run(content: string, { as = program, keeps = true, more = {} } = {}) {
      program = as;
      const before = rig.api.requests.length;
      const of = withContent(content);
      // As at the start of each run.
      rig.journals.sealOpenSegments();
      const outcome = await execute({ ...(keeps ? { answers } : {}), ...more }, of);
      return { outcome, sent: rig.api.requests.length - before };
    },
  };
}

const asking =
  (...questions: readonly string[]): Program =>
  async ({ ask, report }) => {
    for (const question of questions) await ask(question);
    report();
    return 0;
  };

describe('reuse-answers of one eval', () => {
  test('reuse-answers: what is asked in the same words is answered, and the record says how old that is', async () => {
    const { run, log } = await reusing(asking('x', 'y'));
    const began = Date.now();
    expect(await run('1')).toMatchObject({ sent: 2, outcome: { status: 'fresh' } });
    const { sent, outcome } = await run('2', { as: asking('y', 'z', 'x') });
    expect(sent).toBe(1);
    const record = 'record' in outcome ? outcome.record : undefined;
    expect(record?.requests).toEqual({ sent: 1, replayed: 2 });
    expect(record?.reusedAnswers?.count).toBe(2);
    expect(Date.parse(record?.reusedAnswers?.oldest ?? '')).toBeGreaterThanOrEqual(began);
    expect(log.lines).toContain(
      '2 answers of earlier runs are kept: requests in the same words get them, all others are sent.',
    );
    // Kept is what the last completion was answered, and nothing else.
    expect(await run('3', { as: asking('x', 'y', 'z') })).toMatchObject({ sent: 0 });
    expect(await run('4', { as: asking('x') })).toMatchObject({ sent: 0 });
    expect(await run('5', { as: asking('x', 'y') })).toMatchObject({ sent: 1 });
  });

  test('reuse-answers: the n-th of identical requests gets the n-th answer, and one more is sent', async () => {
    const { run } = await reusing(asking('x', 'x', 'x'));
    expect(await run('1')).toMatchObject({ sent: 3 });
    expect(await run('2', { as: asking('x', 'x') })).toMatchObject({ sent: 0 });
    expect(await run('3', { as: asking('x', 'x', 'x') })).toMatchObject({ sent: 1 });
  });

  test('reuse-answers: nothing of an eval that creates something at the API is kept', async () => {
    const { run, answers } = await reusing(asking('x'));
    await run('1');
    expect(answers.has('a.dev.v0')).toBe(true);
    const stateful: Program = async ({ ask, post, report }) => {
      await post('/conversations', {});
      await ask('x');
      report();
      return 0;
    };
    await run('2', { as: stateful });
    expect(answers.has('a.dev.v0')).toBe(false);
    expect(await run('3', { as: asking('x') })).toMatchObject({ sent: 1 });
  });

  test('reuse-answers: an eval that fails on answers of an earlier run gets its last attempt without them, and they are replaced', async () => {
    const { run, log, answers } = await reusing(asking('x', 'y'), { attempts: 2 });
    await run('1');
    // It cannot live with what was kept: it only completes when a request was really sent.
    const failsOnce: Program = async ({ ask, attempt, report }) => {
      await ask('x');
      await ask('y');
      if (attempt === 2) return 1;
      report();
      return 0;
    };
    const { outcome, sent } = await run('2', { as: failsOnce });
    expect([outcome.status, sent]).toEqual(['fresh', 2]);
    expect('record' in outcome && outcome.record?.reusedAnswers).toBeUndefined();
    expect(log.lines).toContainEqual(
      expect.stringContaining('Its last attempt does not use recorded responses'),
    );
    expect(answers.has('a.dev.v0')).toBe(true);
    expect(await run('3', { as: asking('x', 'y') })).toMatchObject({ sent: 0 });
  });

  test('reuse-answers: what an unfinished eval was answered before it changed is reused as well', async () => {
    const failing: Program = async ({ ask }) => {
      await ask('a');
      await ask('b');
      return 1;
    };
    const { run, log } = await reusing(failing);
    await run('1', { keeps: false });
    const other = await run('2', { as: asking('a', 'b', 'c') });
    expect(other).toMatchObject({
      sent: 1,
      outcome: { status: 'fresh', record: { reusedAnswers: { count: 2 } } },
    });
    expect(log.lines).toContainEqual(
      expect.stringMatching(
        /^The recorded responses of an earlier attempt serve only requests in the same words: samples changed/,
      ),
    );
  });

  test('reuse-answers: what other servers answered is not reused', async () => {
    const { api, state, execute } = await singleEval(new ProgramEngine(asking('x')));
    const answers = new AnswerStore(state.paths);
    const sentTo = async (servers: string) => {
      const before = api.requests.length;
      await execute({ answers }, withContent('1', { base_url: sha256(servers) }));
      return api.requests.length - before;
    };
    expect([await sentTo('a'), await sentTo('a'), await sentTo('b'), await sentTo('b')]).toEqual([
      1, 0, 1, 0,
    ]);
  });

  test('reuse-answers: a state that cannot take the answers costs a warning, not the result', async () => {
    const { run, state, log } = await reusing(asking('x'));
    mkdirSync(state.paths.resume, { recursive: true });
    writeFileSync(state.paths.answers, 'a file');
    expect(await run('1')).toMatchObject({ sent: 1, outcome: { status: 'fresh' } });
    expect(log.warnings).toEqual([
      expect.stringMatching(/^The kept answers of a cannot be read: ENOTDIR.* It sends all requests\.$/),
      expect.stringMatching(/^The answers of a could not be kept: .* Its result is not affected/),
    ]);
    rmSync(state.paths.answers);
    expect(await run('2')).toMatchObject({ sent: 1 });
    expect(await run('3')).toMatchObject({ sent: 0 });
  });
});
