/** The checkpoints of the shards of a very large set, as files that were restored. */
import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AttemptRecord } from '../src/model/attempt-record.ts';
import type { CompletionRecord } from '../src/model/completion-record.ts';
import type { Plan, PlannedEval } from '../src/model/plan.ts';
import type { RunFacts } from '../src/model/run-facts.ts';
import { noTokens, noTraffic } from '../src/model/traffic.ts';
import { evalsOfShards } from '../src/plan/assign-shards.ts';
import { journalOwner } from '../src/plan/content.ts';
import { planDigest } from '../src/plan/plan-digest.ts';
import { formatAttempts } from '../src/progress/attempts-file.ts';
import { formatCompletions } from '../src/progress/completions-file.ts';
import { sha256 } from '../src/progress/hash.ts';
import { Journal } from '../src/progress/journal.ts';
import { completedRecordFile, type StatePaths, statePaths } from '../src/progress/paths.ts';
import { formatProgress } from '../src/progress/progress-file.ts';
import { formatRunFacts } from '../src/progress/run-facts-file.ts';
import { savedPlan } from '../src/progress/saved-plan.ts';
import { EVAL_SET, MODEL, owner, recordOf } from './large-set.ts';

export const RUN = { repository: owner.repository, id: '1000', attempt: 1 };
const EARLIER_RUN = { ...RUN, id: '999' };

/** What the last run merged. */
export const MERGED = 'merged';

/** Responses in the journal of an eval that has not completed. */
const RECORDED = 20;

/** The directory of a shard's checkpoint, by its number, or of the merged one. */
export function savedIn(root: string, name: string): string {
  return join(root, 'saved', name);
}

/** Writes the checkpoint of each shard, and a merged one. Of each shard, the last eval has not completed, but has a journal. */
export function writeSavedShards(root: string, plan: Plan, count: number, facts: RunFacts): void {
  const planFile = join(root, 'plan.json');
  writeFileSync(planFile, `${JSON.stringify(savedPlan(plan, owner))}\n`);
  const digest = planDigest(plan);
  for (const [at, evals] of evalsOfShards(plan, count).entries()) {
    const shard = { index: at + 1, count, plan: digest };
    const paths = statePaths(savedIn(root, String(shard.index)), MODEL, EVAL_SET);
    const completed = evals.slice(0, -1);
    writeState(
      paths,
      planFile,
      completed.map((each, nth) => ({ ...recordOf(each, nth * count + at), run: RUN })),
    );
    for (const each of evals.slice(-1)) writeJournal(paths, each);
    const decision = { kind: 'run', reason: 'it has no result yet', parts: [] } as const;
    const decisions = Object.fromEntries(evals.map(({ key }) => [key, decision]));
    const run = { ...facts.run, ...RUN };
    writeFileSync(
      paths.runFacts,
      formatRunFacts({ ...facts, run, shard, decisions }, (text) => text),
    );
  }
  const older = plan.evals.map((each, nth) => ({
    ...recordOf(each, nth - plan.evals.length),
    run: EARLIER_RUN,
  }));
  writeState(statePaths(savedIn(root, MERGED), MODEL, EVAL_SET), planFile, older);
}

function writeState(paths: StatePaths, planFile: string, records: readonly CompletionRecord[]): void {
  mkdirSync(paths.logs, { recursive: true });
  writeFileSync(paths.completions, formatCompletions(records));
  writeFileSync(paths.progressFile, formatProgress(records.map(({ argv }) => argv)));
  writeFileSync(paths.attempts, formatAttempts(records.map(attemptOf)));
  for (const { eval: key } of records) writeFileSync(completedRecordFile(paths, key), recordFileOf(key));
  // A copy for each of 256 shards would fill gigabytes.
  linkSync(planFile, paths.plan);
}

function attemptOf({ eval: key, argv, run, started, ended }: CompletionRecord): AttemptRecord {
  return {
    version: 1,
    eval: key,
    argv,
    attempt: 1,
    status: 'completed',
    willRetry: false,
    cause: null,
    reason: '',
    lastLines: [],
    traffic: { ...noTraffic, sent: 100, tokensSent: { ...noTokens, prompt: 1000, completion: 100 } },
    adaptations: [],
    run,
    started,
    ended,
  };
}

/** A small one: how long large ones take is in the benchmark of the reports. */
function recordFileOf(key: string): string {
  const of = { run_id: 'bench', event_id: 0, sample_id: `${key}.0`, created_at: '2026-01-01 00:00:00+00:00' };
  const events = [
    { spec: { run_id: 'bench' } },
    { ...of, type: 'match', data: { correct: true, expected: 'x', picked: 'x' } },
    { final_report: { accuracy: 0.5 } },
  ];
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

function writeJournal(paths: StatePaths, of: PlannedEval): void {
  const { journal } = Journal.open(paths, journalOwner(of, owner.repository));
  for (let at = 0; at < RECORDED; at += 1) {
    const body = Buffer.from(JSON.stringify({ answer: `${of.key} ${at}` }));
    journal.append(sha256(`${at}`), 0, { status: 200, type: 'application/json', body, usage: noTokens });
  }
  journal.seal();
  journal.close();
}
