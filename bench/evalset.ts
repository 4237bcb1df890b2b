/**
 * Compares the action with plain `oaievalset` and `oaieval`. Both run the same evals with the same interpreter, against the
 * same stand-in for the model API, which has its own process, and they take turns. The action is its shipped files, main
 * and post, run as a runner runs them. Unless a part says otherwise, each run of the action starts with an empty state
 * directory and an empty cache service.
 *
 * To add a row, write a function `(bench: Bench) => Promise<Row[]>` in a file of `evalset/`, and list it in PARTS.
 * `npm run bench -- evalset --part <name> --pairs 1` tries it.
 */
import { Bench } from './evalset/bench.ts';
import { largeEval, slowApi } from './evalset/large-eval.ts';
import { noOp } from './evalset/no-op.ts';
import { olderVersion } from './evalset/older-version.ts';
import { parallel } from './evalset/parallel.ts';
import { resumeAfterKill } from './evalset/resume.ts';
import { scale } from './evalset/scale.ts';
import { start } from './evalset/start.ts';
import { memory, wholeSet } from './evalset/whole-set.ts';
import type { BenchOptions } from './measure.ts';
import { type Row, type Section, section } from './section.ts';

/** The parts by the names that `--part` takes, in the order of their rows. */
const PARTS: Readonly<Record<string, (bench: Bench) => Promise<Row[]>>> = {
  set: wholeSet,
  memory,
  parallel,
  large: largeEval,
  slow: slowApi,
  'no-op': noOp,
  older: olderVersion,
  start,
  resume: resumeAfterKill,
  scale,
};

export async function evalsetBench(options: BenchOptions): Promise<Section> {
  const names = chosenParts(options);
  const bench = await Bench.make(options);
  try {
    const rows: Row[] = [];
    for (const name of names) rows.push(...((await PARTS[name]?.(bench)) ?? []));
    return section('Eval sets', intro(options), ['what', 'baseline', 'the action', 'comparison'], rows);
  } finally {
    bench.remove();
  }
}

/** These parts compare with a revision: without `--older`, a whole benchmark leaves them out. */
const WITH_OLDER = ['older', 'start'];

function chosenParts({ parts, older }: BenchOptions): string[] {
  const unknown = parts.find((part) => !Object.hasOwn(PARTS, part));
  if (unknown !== undefined)
    throw new Error(`There is no part ${unknown}. Choose from: ${Object.keys(PARTS).join(', ')}.`);
  const comparing = parts.find((part) => WITH_OLDER.includes(part));
  if (comparing !== undefined && older === undefined)
    throw new Error(`The part ${comparing} compares with another version. Add --older <git revision>.`);
  return Object.keys(PARTS).filter((name) =>
    parts.length > 0 ? parts.includes(name) : !WITH_OLDER.includes(name) || older !== undefined,
  );
}

function intro({ pairs }: BenchOptions): string {
  return [
    `Medians of ${pairs === 1 ? '1 pair' : `${pairs} pairs`}, with minimum and maximum. CPU is the user and system time of all processes, without the`,
    'stand-ins. The baseline is plain evals, unless the row names another. The time of the action includes its post step,',
    'unless the row says otherwise.',
  ].join('\n');
}
