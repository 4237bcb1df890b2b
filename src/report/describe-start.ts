/** Describes for the log, before anything runs, what runs it and what will be done. Pure. */
import type { CompletionRecord } from '../model/completion-record.ts';
import { type Decision, describeWritten } from '../model/decision.ts';
import { counted, isOrAre, listed, minuteText, wholeNumber } from '../model/format.ts';
import type { Plan } from '../model/plan.ts';
import type { RecordedResponses } from '../model/recorded-responses.ts';
import type { ResultsShard } from '../model/results.ts';
import type { RunIdentity } from '../model/run-identity.ts';
import { describeShard } from '../model/shard.ts';
import { compareText } from '../text.ts';
import { describeReruns } from './describe-reruns.ts';

/** More names do not help a reader. */
const MAX_NAMES = 20;

/** Runs that completed reused evals, each with a line of its own. */
const MAX_RUNS = 5;

/** Lines about reused evals that write files. */
const MAX_OUTPUTS = 20;

export interface Versions {
  /** The version of the action. */
  readonly action: string;
  readonly plan: Pick<Plan, 'evalsVersion' | 'pythonVersion'>;
  readonly engine: string;
}

/** `oaievalset-action 0.1.0, evals 3.0.1.post1, Python 3.11.7, engine warm` */
export function describeVersions({ action, plan, engine }: Versions): string {
  const { evalsVersion, pythonVersion } = plan;
  return [
    `oaievalset-action ${action}`,
    // A copy of evals that is not installed has no version.
    ...(evalsVersion === '' ? [] : [`evals ${evalsVersion}`]),
    ...(pythonVersion === undefined ? [] : [`Python ${pythonVersion}`]),
    `engine ${engine}`,
  ].join(', ');
}

export interface PlannedRun {
  readonly evalSet: string;
  /** Missing when the run has the whole set. */
  readonly shard?: ResultsShard | undefined;
  readonly decisions: readonly Decision[];
  /** Evals of the set that the inputs include and exclude leave out. */
  readonly leftOut: readonly string[];
  /** What the evals that run can replay. */
  readonly recorded: RecordedResponses;
  /** How many evals that run have kept answers of an earlier completion. */
  readonly kept: number;
  /** The run that the plan is for. */
  readonly run: RunIdentity;
}

/** A headline, then what is reused, what is replayed, and why evals run again. */
export function describePlan(planned: PlannedRun): string[] {
  const { evalSet, shard, decisions, leftOut, recorded, kept, run } = planned;
  const reused = decisions.filter((decision) => decision.kind === 'reuse');
  const outputs = reused.flatMap(({ eval: { name }, written }) =>
    written ? [`${name}: ${describeWritten(written)}`] : [],
  );
  return [
    `${evalSet}: ${describeSize(decisions.length, shard)}, ${wholeNumber(reused.length)} reused, ${describeToRun(decisions)}`,
    ...describeLeftOut(leftOut, decisions.length + (shard?.elsewhere ?? 0)),
    ...describeOrigins(
      reused.flatMap(({ record }) => record ?? []),
      run,
    ),
    ...describeRecorded(recorded),
    ...(kept > 0
      ? [`Kept: the answers of ${counted(kept, 'eval')} to run again; requests in the same words get them`]
      : []),
    ...describeReruns(decisions),
    ...bounded(outputs, MAX_OUTPUTS, (hidden) => `${counted(hidden, 'more reused eval')} also write files`),
  ];
}

/** `28 evals`, or `shard 2 of 5 has 6 of 28 evals` */
function describeSize(count: number, shard: ResultsShard | undefined): string {
  if (!shard) return counted(count, 'eval');
  return `${describeShard(shard)} has ${wholeNumber(count)} of ${counted(count + shard.elsewhere, 'eval')}`;
}

/** `3 to run (1,200 samples)` */
function describeToRun(decisions: readonly Decision[]): string {
  const counts = decisions.flatMap((decision) => (decision.kind === 'run' ? [decision.eval.samples] : []));
  const samples = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  // Only the class of an eval may know how many samples it has.
  const atLeast = counts.includes(null) ? 'at least ' : '';
  return `${wholeNumber(counts.length)} to run${samples > 0 ? ` (${atLeast}${counted(samples, 'sample')})` : ''}`;
}

/** `Left out by include and exclude, 2 of 5 evals: a.dev.v0, b.dev.v0` */
function describeLeftOut(leftOut: readonly string[], planned: number): string[] {
  if (leftOut.length === 0) return [];
  return [
    `Left out by include and exclude, ${wholeNumber(leftOut.length)} of ${counted(planned + leftOut.length, 'eval')}: ${listed(leftOut, MAX_NAMES)}`,
  ];
}

/** `Reused: 5 evals that run 4711 completed, the last one at 2026-11-26 19:11 UTC`, the newest run first. */
function describeOrigins(records: readonly CompletionRecord[], run: RunIdentity): string[] {
  const byRun = Map.groupBy(records, (record) => describeRun(record.run, run));
  const runs = [...byRun]
    .map(([name, ofRun]) => ({ name, evals: ofRun.length, last: newestEnd(ofRun) }))
    .sort((a, b) => compareText(b.last, a.last));
  const lines = runs.map(
    ({ name, evals, last }) =>
      `Reused: ${counted(evals, 'eval')} that ${name} completed${evals > 1 ? ', the last one' : ''} at ${minuteText(last)}`,
  );
  return bounded(lines, MAX_RUNS, (hidden) => {
    const evals = runs.slice(-hidden).reduce((sum, each) => sum + each.evals, 0);
    return `Reused: ${counted(evals, 'eval')} that ${counted(hidden, 'earlier run')} completed`;
  });
}

function newestEnd(records: readonly CompletionRecord[]): string {
  const ends = records.map(({ ended }) => ended).sort();
  return ends.at(-1) ?? '';
}

/** Ids of runs are numbers, except outside of GitHub, where every run has the same one. */
function describeRun({ id, attempt }: RunIdentity, own: RunIdentity): string {
  if (!/^\d+$/.test(id)) return 'an earlier run on this machine';
  if (id === own.id) return attempt === own.attempt ? 'this run' : `attempt ${attempt} of this run`;
  return `${attempt > 1 ? `attempt ${attempt} of ` : ''}run ${id}`;
}

function describeRecorded({ responses, evals }: RecordedResponses): string[] {
  if (responses === 0) return [];
  return [
    `Resumed: ${counted(responses, 'response')} of ${counted(evals, 'eval')} ${isOrAre(responses)} recorded and will be replayed`,
  ];
}

/** The first `most` lines, and one line about the hidden ones. */
function bounded(
  lines: readonly string[],
  most: number,
  describeHidden: (hidden: number) => string,
): string[] {
  const hidden = lines.length - most;
  return hidden <= 0 ? [...lines] : [...lines.slice(0, most), describeHidden(hidden)];
}
