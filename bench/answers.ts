/** What kept answers cost when they take all the room that they may take. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAX_ANSWERS_BYTES } from '../src/progress/answer-store.ts';
import type { AnswersCost } from './answers-process.ts';
import { type BenchOptions, megabytes, spread, whole } from './measure.ts';
import { allOf, type Row, type Section, section, target } from './section.ts';

const PROCESS = join(import.meta.dirname, 'answers-process.ts');

export async function answersBench({ pairs }: BenchOptions): Promise<Section> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-answers-'));
  const measure = (...task: readonly string[]) =>
    Array.from({ length: pairs }, () => run(directory, ...task));
  try {
    const filled = run(directory, 'fill', String(MAX_ANSWERS_BYTES));
    const opened = measure('open');
    const inOrder = measure('replay', 'in-order');
    const shuffled = measure('replay', 'shuffled');
    const checkpoints = measure('checkpoint');
    const saves = checkpoints.map(({ saveSeconds }) => saveSeconds);
    const restores = checkpoints.map(({ restoreSeconds }) => restoreSeconds);
    const rows: Row[] = [
      [
        `keeping ${whole(filled.answers)} answers`,
        ...timeAndRate([filled]),
        target('>', 10_000, 'answers per second', ratesOf([filled])),
      ],
      [
        'reading the index of all of them',
        ...timeAndRate(opened),
        allOf(
          target('>', 50_000, 'answers per second', ratesOf(opened)),
          target(
            '<',
            200,
            'MB',
            opened.map(({ memory }) => memory / 1024 ** 2),
          ),
        ),
      ],
      [
        'replaying 50,000 of them, in their order',
        ...timeAndRate(inOrder),
        target('>', 10_000, 'answers per second', ratesOf(inOrder)),
      ],
      [
        'replaying 50,000 of them, shuffled',
        ...timeAndRate(shuffled),
        target('>', 1000, 'answers per second', ratesOf(shuffled)),
      ],
      [
        'snapshot while evals run: time',
        spread(
          checkpoints.map((cost) => cost.seconds),
          ' s',
          2,
        ),
        '',
        '',
        target(
          '<',
          1,
          's',
          checkpoints.map((cost) => cost.seconds),
        ),
      ],
      [
        'saving it in the cache, without a network: time',
        spread(saves, ' s'),
        '',
        '',
        target('<', 60, 's', saves),
      ],
      [
        'restoring it, without a network: time',
        spread(restores, ' s'),
        '',
        '',
        target('<', 60, 's', restores),
      ],
    ];
    const intro = `Kept answers of chat responses with 80 to 240 words, 1,000 of each eval: ${whole(filled.bytes / 1e6)} MB on disk, of ${whole(filled.plainBytes / 1e6)} MB of bodies.`;
    return section('Kept answers', intro, ['', 'CPU time', 'rate', 'peak memory'], rows);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const ratesOf = (costs: readonly AnswersCost[]) => costs.map(({ answers, seconds }) => answers / seconds);

function timeAndRate(costs: readonly AnswersCost[]): [string, string, string] {
  return [
    spread(
      costs.map(({ seconds }) => seconds),
      ' s',
    ),
    spread(ratesOf(costs), ' per second', 0),
    megabytes(costs.map(({ memory }) => memory)),
  ];
}

function run(directory: string, ...[task = '', ...rest]: readonly string[]): AnswersCost {
  return JSON.parse(
    execFileSync(process.execPath, [PROCESS, task, directory, ...rest], { encoding: 'utf8' }),
  );
}
