/** With reuse-answers, the next run of a completed eval sends only what it has not been answered yet. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { evalsPython } from '../helpers/evals-venv.ts';
import { untilRecorded } from '../helpers/generated-set.ts';
import {
  answerFilesOf,
  answersInRecord,
  CLASS,
  questions,
  reusingMachine,
} from '../helpers/reused-answers.ts';
import type { RunResult } from '../helpers/runner.ts';
import { annotations, logOf, TestMachine } from '../helpers/test-machine.ts';
import { LONG, SOAK, testRows } from '../helpers/test-rows.ts';
import { json } from '../stand-ins/http-answer.ts';

/** The same question, three times for each sample, each with the temperature at which answers differ. */
const VOTES = `
import evals
from evals.elsuite.basic.match import Match

RIGHT = "1"

class Graded(Match):
    def eval_sample(self, sample, rng):
        answers = [self.completion_fn(prompt=sample["input"], temperature=1).get_completions()[0] for _ in range(3)]
        evals.record_and_check_match(prompt=sample["input"], sampled=min(answers), expected=RIGHT)
`;

/** What samples.jsonl says of each sample. */
function replayedIn({ outputs }: RunResult): (boolean | null)[] {
  return readFileSync(join(outputs['report-directory'] ?? '', 'samples.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { replayed: boolean | null }).replayed);
}

describe.concurrent('reuse-answers', () => {
  testRows({ short: 1, long: 0 }, [{ samples: 100 }, { samples: 1000 }])(
    'reuse-answers: of $samples samples only what is edited is requested again',
    async ({ samples }, context) => {
      const all = questions(samples);
      const { machine, ask, editClass, rerun } = await reusingMachine(context, all);
      const first = await rerun({ sent: samples, replayed: 0 });
      expect(logOf(first)).not.toContain('answers reused');

      const edited = [...all.slice(1), ...questions(1, 'How much is')];
      ask(edited);
      const plan = await machine.run({ runId: '1', inputs: { 'plan-only': 'true' } });
      expect(plan.outputs, logOf(plan)).toMatchObject({ 'estimated-requests': `0-${samples}` });
      expect(plan.lines).toContain(
        'Kept: the answers of 1 eval to run again; requests in the same words get them',
      );
      const one = await rerun({ sent: 1, replayed: samples - 1 });
      const shown = `${(samples - 1).toLocaleString('en')} of ${samples.toLocaleString('en')} answers reused`;
      expect(logOf(one)).toContain(`${shown}, 1 sent`);
      expect(one.summary).toContain(`${shown} from earlier runs in 1 eval, the oldest of `);
      const { evals } = JSON.parse(readFileSync(one.outputs['results-file'] ?? '', 'utf8'));
      expect(evals[0].reusedAnswers.count).toBe(samples - 1);
      expect(evals[0].note).toContain(
        `${shown}, the oldest of ${evals[0].reusedAnswers.oldest.slice(0, 10)}`,
      );
      expect(annotations(one)).toEqual([]);
      const replayed = replayedIn(one);
      expect(replayed).toHaveLength(samples);
      expect(replayed.filter((each) => each !== true)).toEqual([false]);

      editClass(CLASS.replace('BONUS = 0', 'BONUS = 1'));
      await rerun({ sent: 0, replayed: samples });
      expect(machine.records().at(-1)?.metrics).toMatchObject({ bonus: 1 });

      ask(edited.toReversed());
      await rerun({ sent: 0, replayed: samples });

      // A result is reused as ever, and does not read one answer.
      const same = await rerun({ sent: 0, replayed: 0 });
      expect(same.outputs).toMatchObject({ fresh: '0', reused: '1' });

      ask(questions(samples, 'Tell me what is'));
      const none = await rerun({ sent: samples, replayed: 0 });
      expect(logOf(none)).not.toContain('answers reused');
    },
  );

  test('reuse-answers: another judge gets the answers of the candidate, and nobody else is asked', async (context) => {
    const fixtures = join(import.meta.dirname, '../fixtures/judge');
    const machine = await TestMachine.make(context, {
      python: await evalsPython(),
      model: 'gpt-4',
      evalSet: 'mixed',
      api: {},
      env: { PYTHONPATH: join(fixtures, 'modules') },
      inputs: {
        'registry-path': join(fixtures, 'registry'),
        args: '--max_samples 4',
        'judge-model': 'org/judge',
        'reuse-answers': 'true',
      },
    });
    const first = await machine.run();
    expect(first.outputs, logOf(first)).toMatchObject({ complete: 'true', 'requests-replayed': '0' });
    machine.api.forget();
    const other = await machine.run({ runId: '2', inputs: { 'judge-model': 'other-judge' } });
    expect(other.outputs, logOf(other)).toMatchObject({
      complete: 'true',
      fresh: '1',
      'requests-replayed': '4',
    });
    expect(new Set(machine.api.requests.map(({ model }) => model))).toEqual(new Set(['other-judge']));
    expect(machine.api.requests).toHaveLength(4);
    expect(logOf(other)).toContain('4 of 8 answers reused, 4 sent');
    // A request of each sample was sent.
    expect(new Set(replayedIn(other))).toEqual(new Set([false]));
  });

  test(
    'reuse-answers: identical requests at temperature 1 get the answers that they got, each of them once',
    LONG,
    async (context) => {
      // Each response of this API is another one.
      const respond = ({ n }: { readonly n: number }) =>
        json(200, {
          id: `chatcmpl-${n}`,
          object: 'chat.completion',
          created: 1,
          model: 'gpt-4',
          choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: String(n) } }],
          usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
        });
      const { machine, editClass, ask, rerun } = await reusingMachine(context, questions(10), {
        source: VOTES,
        api: { dialect: { basePath: '/v1', respond } },
      });
      await rerun({ sent: 30, replayed: 0 });
      const before = answersInRecord(machine);
      expect(new Set(Object.values(before).flat()).size).toBe(30);
      editClass(VOTES.replace('RIGHT = "1"', 'RIGHT = "2"'));
      await rerun({ sent: 0, replayed: 30 });
      expect(answersInRecord(machine)).toEqual(before);
      // A fourth vote of each sample is a request without an answer.
      editClass(VOTES.replace('range(3)', 'range(4)'));
      await rerun({ sent: 10, replayed: 30 });
      ask(questions(10).toReversed());
      await rerun({ sent: 0, replayed: 40 });
    },
  );

  test(
    'reuse-answers: a run that reuses is killed and resumed on another machine, with an encrypted checkpoint',
    LONG,
    async (context) => {
      const { machine, ask, rerun } = await reusingMachine(context, questions(30), {
        inputs: { 'encryption-key': 'XmHj2u9cGx8s6lqS1n2r7w3yB5k8Zp0Q', args: '--max_samples 1000' },
      });
      await rerun({ sent: 30, replayed: 0 });
      machine.forgetState();
      // 20 of 40 samples are new, and the API answers 5 of them.
      ask([...questions(20), ...questions(20, 'How much is')]);
      machine.api.forget();
      const killed = await machine.runUntil(
        { held: 1, answered: 5 },
        async (main) => {
          await untilRecorded(machine, 5);
          main.kill('SIGKILL');
        },
        { runId: '200' },
      );
      expect(killed.post?.exitCode, logOf(killed)).toBe(0);
      await machine.untilNoneHeld();
      machine.api.release();
      machine.forgetState();
      const resumed = await rerun({ sent: 15, replayed: 25 }, { runId: '200', runAttempt: 2 });
      expect(logOf(resumed)).toContain('20 of 40 answers reused, 5 replayed, 15 sent');

      // What the first 20 were answered is as old as it was.
      machine.forgetState();
      ask(questions(20));
      await rerun({ sent: 0, replayed: 20 });
    },
  );

  test('reuse-answers: damage costs the answers of its block, with a warning', LONG, async (context) => {
    const long = questions(30).map((sample, i) => ({ ...sample, input: `${'long '.repeat(10)}${i}` }));
    // Answers so long that each block has two.
    const respond = ({ n }: { readonly n: number }) =>
      json(200, {
        id: `chatcmpl-${n}`,
        object: 'chat.completion',
        created: 1,
        model: 'gpt-4',
        choices: [
          {
            index: 0,
            finish_reason: 'stop',
            message: { role: 'assistant', content: `${n} ${'word '.repeat(8000)}` },
          },
        ],
        usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
      });
    const { machine, editClass, rerun } = await reusingMachine(context, long, {
      api: { dialect: { basePath: '/v1', respond } },
    });
    await rerun({ sent: 30, replayed: 0 });
    const [file = ''] = answerFilesOf(machine);
    const lines = readFileSync(file, 'latin1').split('\n');
    expect(lines.length).toBeGreaterThan(10);
    lines[3] = `${lines[3]?.slice(0, 60)}#${lines[3]?.slice(61)}`;
    writeFileSync(file, lines.join('\n'), 'latin1');
    editClass(CLASS.replace('BONUS = 0', 'BONUS = 1'));
    const result = await rerun({ sent: 2, replayed: 28 });
    expect(annotations(result)).toEqual([
      'warning: Some kept answers of ask-0 are damaged and are not used (1 line). Their requests are sent again.',
    ]);
  });

  test(
    'reuse-answers: false, resume: false, cache-key and sample-resume: false send all requests',
    SOAK,
    async (context) => {
      const { machine, editClass, rerun } = await reusingMachine(context, questions(5));
      let bonus = 0;
      const edit = () => {
        bonus += 1;
        editClass(CLASS.replace('BONUS = 0', `BONUS = ${bonus}`));
      };
      await rerun({ sent: 5, replayed: 0 });
      for (const inputs of [{ resume: 'false' }, { 'cache-key': 'b' }, { 'sample-resume': 'false' }]) {
        edit();
        await rerun({ sent: 5, replayed: 0 }, { inputs });
      }
      // Nothing is kept of a run without a journal.
      expect(answerFilesOf(machine)).toEqual([]);
      edit();
      await rerun({ sent: 5, replayed: 0 });
      edit();
      await rerun({ sent: 0, replayed: 5 });
      edit();
      await rerun({ sent: 5, replayed: 0 }, { inputs: { 'reuse-answers': 'false' } });
      expect(answerFilesOf(machine)).toEqual([]);
      edit();
      await rerun({ sent: 5, replayed: 0 });
      // Answers that are older than max-age are not used. They are older than a second when the next run has started.
      edit();
      const expired = await rerun({ sent: 5, replayed: 0 }, { inputs: { 'max-age': '1s' } });
      expect(logOf(expired)).toContain('5 kept answers are older than max-age, and not used.');
    },
  );

  test(
    'reuse-answers: an eval that fails while it reuses answers gets its last attempt without them',
    SOAK,
    async (context) => {
      const { machine, ask, editClass, rerun } = await reusingMachine(context, questions(5));
      await rerun({ sent: 5, replayed: 0 });
      editClass(`${CLASS}
    def eval_sample(self, sample, rng):
        answer = self.completion_fn(prompt=sample["input"], temperature=0.0).get_completions()[0]
        raise ValueError("an answer that names what is gone: " + answer)
`);
      machine.api.forget();
      const failed = await machine.run({ runId: '2' });
      expect(failed.exitCode, logOf(failed)).toBe(1);
      expect(logOf(failed)).toContain('Its last attempt does not use recorded responses');
      expect(machine.api.counts().received).toBeGreaterThan(0);
      // The class is right again. What the failed attempts were answered is not lost with it.
      editClass(CLASS);
      ask([...questions(5), ...questions(1, 'How much is')]);
      await rerun({ sent: 1, replayed: 5 });
    },
  );
});
