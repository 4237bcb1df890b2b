/** Makes a finished run of recorded evals, as the action makes it of the record files that evals wrote. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CompletionRecord } from '../../../src/model/completion-record.ts';
import type { FinishedRun } from '../../../src/model/finished-run.ts';
import type { Outcome } from '../../../src/model/outcome.ts';
import type { PlannedEval } from '../../../src/model/plan.ts';
import type { EvalDecision } from '../../../src/model/results.ts';
import type { RunFacts } from '../../../src/model/run-facts.ts';
import type { EvalSamples, SamplesText } from '../../../src/model/sample.ts';
import { addTraffic, noTraffic, type Traffic } from '../../../src/model/traffic.ts';
import { isObject, type JsonObject, valueAt } from '../../../src/record/json-values.ts';
import { limitTexts } from '../../../src/record/limit-texts.ts';
import { readRecordFile } from '../../../src/record/record-file.ts';
import { readSamples } from '../../../src/record/samples.ts';
import { judgeAttempt } from '../../../src/run/judge-attempt.ts';
import { wereReplayed } from '../../../src/run/samples-on-disk.ts';
import { sha256 } from '../../helpers/builders.ts';
import { REGISTRY_METRICS, type RecordedEval } from './recorded-evals.ts';

export const MODEL = 'gpt-3.5-turbo';
export const EVAL_SET = 'recorded';

export interface RunOptions {
  readonly runId: string;
  readonly sha: string;
  /** ISO 8601, UTC. Each eval takes a minute. */
  readonly started: string;
  /** How many of its requests were replayed; missing: none. */
  readonly replayed?: Readonly<Record<string, 'some' | 'all'>>;
  /** Names of evals that an earlier run completed. */
  readonly reused?: readonly string[];
  /** Names of evals that `exclude` leaves out. */
  readonly excluded?: readonly string[];
  readonly samplesText?: SamplesText;
  /** Judges of model-graded evals that differ from those of the record. */
  readonly judges?: Readonly<Record<string, string>>;
}

const EARLIER_RUN = '9100000001';

/** @param directory for the record files, which have to stay for as long as texts are read */
export async function recordedRun(
  evals: readonly RecordedEval[],
  options: RunOptions,
  directory: string,
): Promise<FinishedRun> {
  const read = await Promise.all(evals.map((each, at) => readEval(each, at, options, directory)));
  return {
    model: MODEL,
    evalSet: EVAL_SET,
    facts: factsOf(read, options),
    outcomes: read.map(({ outcome }) => outcome),
    excluded: (options.excluded ?? []).map(keyOf),
    traffic: read.map(({ traffic }) => traffic).reduce(addTraffic, noTraffic),
    samples: new Map(read.flatMap(({ outcome, samples }) => (samples ? [[outcome.eval.key, samples]] : []))),
    attempts: new Map(
      read.flatMap(({ outcome }) => (outcome.status === 'reused' ? [] : [[outcome.eval.key, 1]])),
    ),
    ended: new Date(Date.parse(options.started) + evals.length * 60_000),
  };
}

interface ReadEval {
  readonly outcome: Outcome;
  readonly samples: EvalSamples | undefined;
  /** Of this run. */
  readonly traffic: Traffic;
}

async function readEval(
  { name, record }: RecordedEval,
  at: number,
  options: RunOptions,
  directory: string,
): Promise<ReadEval> {
  const file = join(directory, `${name}.jsonl`);
  writeFileSync(file, record);
  const summary = await readRecordFile(file);
  if (!summary) throw new Error(`The record of ${name} is gone.`);
  const planned = plannedEval(name, record, options.judges?.[name]);
  const judgement = judgeAttempt({
    planned,
    exit: { code: 0, signal: null },
    record: summary,
    // evals prints the number of samples that it evaluates. Only these records do not have all of them.
    output: {
      evaluated: { 'zero-samples': 0, silent: 12 }[name],
      interrupted: undefined,
      lost: undefined,
      sample: undefined,
      lastLine: '',
    },
    failure: undefined,
    unanswered: 0,
    lost: undefined,
  });
  const traffic = trafficOf(record, options.replayed?.[name]);
  if (judgement.kind === 'failed') {
    const outcome = { status: 'failed', eval: planned, reason: judgement.reason, lastLines: [] } as const;
    return { outcome, samples: undefined, traffic };
  }
  const isReused = options.reused?.includes(name) ?? false;
  const started = Date.parse(options.started) + at * 60_000;
  const completion: CompletionRecord = {
    version: 1,
    eval: planned.key,
    argv: planned.command,
    fingerprint: planned.fingerprint.value,
    parts: planned.fingerprint.parts,
    written: [],
    metrics: judgement.metrics,
    samples: judgement.samples,
    tokens: { ...summary.tokens, cached: 0, reasoning: 0 },
    requests: { sent: traffic.sent, replayed: traffic.replayed },
    adaptations: [],
    run: { repository: 'octo-org/support-bot', id: isReused ? EARLIER_RUN : options.runId, attempt: 1 },
    started: new Date(started).toISOString(),
    ended: new Date(started + 60_000).toISOString(),
  };
  const samples = await readSamples(file, wereReplayed({ requests: traffic }));
  return {
    outcome: { status: isReused ? 'reused' : 'fresh', eval: planned, record: completion },
    samples: samples && limitTexts(samples, options.samplesText ?? 'failures'),
    traffic: isReused ? noTraffic : traffic,
  };
}

function keyOf(name: string): string {
  return `${name}.dev.v0`;
}

function plannedEval(name: string, record: string, judge: string | undefined): PlannedEval {
  const spec = specOf(record);
  const functions = [spec.completion_fns].flat().map(String);
  const evalClass = String(valueAt(spec, 'run_config/eval_spec/cls'));
  const modelGraded = evalClass.endsWith(':ModelBasedClassify');
  const models = modelGraded && judge !== undefined ? [functions[0], judge] : functions;
  const args = JSON.stringify(valueAt(spec, 'run_config/eval_spec/args'));
  const parts: Record<string, string> = { spec: sha256(`${evalClass} ${args}`), evals: sha256('3.0.1') };
  if (modelGraded) parts['judge:model'] = sha256(String(models.at(-1)));
  return {
    key: keyOf(name),
    name,
    command: ['oaieval', models.join(','), keyOf(name)],
    modelGraded,
    samples: null,
    metrics: REGISTRY_METRICS[name] ?? ['accuracy'],
    evalClass,
    fingerprint: { value: sha256(JSON.stringify(parts)), parts },
    earlier: [],
    writable: [],
  };
}

function specOf(record: string): JsonObject {
  const first: unknown = JSON.parse(record.slice(0, record.indexOf('\n')));
  if (isObject(first) && isObject(first.spec)) return first.spec;
  throw new Error('The record does not start with its spec.');
}

/** A request for each recorded response, so none for models that ask no API. The first half, or all, were replayed. */
function trafficOf(record: string, replayed: 'some' | 'all' | undefined): Traffic {
  const usages = [...record.matchAll(/"usage": ?\{"completion_tokens": ?(\d+), ?"prompt_tokens": ?(\d+)/g)];
  const all = record.match(/"type": ?"sampling"/g)?.length ?? 0;
  const share = { none: 0, some: Math.floor(all / 2), all }[replayed ?? 'none'];
  const tokens = (of: readonly RegExpExecArray[]) => ({
    prompt: of.reduce((sum, [, , prompt]) => sum + Number(prompt), 0),
    completion: of.reduce((sum, [, completion]) => sum + Number(completion), 0),
    cached: 0,
    reasoning: 0,
  });
  return {
    ...noTraffic,
    sent: all - share,
    replayed: share,
    tokensSent: tokens(usages.slice(share)),
    tokensReplayed: tokens(usages.slice(0, share)),
  };
}

function factsOf(read: readonly ReadEval[], { runId, sha, started }: RunOptions): RunFacts {
  const decision = ({ status }: Outcome): EvalDecision =>
    status === 'reused'
      ? { kind: 'reuse', reason: '', parts: [] }
      : { kind: 'run', reason: 'not completed yet', parts: [] };
  return {
    version: 1,
    run: {
      repository: 'octo-org/support-bot',
      id: runId,
      attempt: 1,
      sha,
      ref: 'refs/heads/main',
      workflow: 'octo-org/support-bot/.github/workflows/evals.yml',
      job: 'evals',
      started,
    },
    versions: { action: '0.1.0', evals: '3.0.1', python: '3.11.7' },
    judgeModel: null,
    modelMap: {},
    args: [],
    decisions: Object.fromEntries(read.map(({ outcome }) => [outcome.eval.key, decision(outcome)])),
  };
}
