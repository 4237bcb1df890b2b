/**
 * What the action does itself, without Python, with sets and files far larger than usual, in a process of its own.
 *
 *     scale-process.ts write <directory>                  state in which 10,000 evals are done
 *     scale-process.ts open <directory>                   reads it, and decides what is to do, in which order
 *     scale-process.ts fingerprint <directory> <file>…    the fingerprint of an eval for each file
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Basis } from '../src/plan/basis.ts';
import { FileHashes } from '../src/plan/file-hashes.ts';
import { fingerprints, hashOf } from '../src/plan/fingerprint.ts';
import type { PlannedEval } from '../src/plan/plan.ts';
import { reconcile } from '../src/plan/reconcile.ts';
import type { RegisteredEval, RegistryPlan } from '../src/plan/registry-plan.ts';
import { keepMemorySmall } from '../src/process/memory.ts';
import { type CompletionRecord, formatCompletions } from '../src/progress/completion-record.ts';
import { statePaths } from '../src/progress/paths.ts';
import { formatProgress } from '../src/progress/progress-file.ts';
import { State } from '../src/progress/state.ts';
import { expectedDurations, longestFirst } from '../src/run/schedule.ts';
import { silentLog } from '../test/helpers/silent-log.ts';

export interface ScaleCost {
  readonly seconds: number;
  /** The most memory that this process has held, in bytes. */
  readonly memory: number;
}

const EVALS = 10_000;
const MODEL = 'gpt-4';
const EVAL_SET = 'bench';
const SHARED_PARTS = Object.fromEntries(
  ['arguments', 'base_url', 'completion_fn', 'evals', 'model'].map((name) => [name, hashOf(name)]),
);
const NO_BASIS: Basis = { files: [], directories: [], absent: [] };

// As main does.
keepMemorySmall();
const [task = '', root = '', ...files] = process.argv.slice(2);
const paths = statePaths(root, MODEL, EVAL_SET);
const owner = { repository: 'o/r', cacheKey: '', model: MODEL, evalSet: EVAL_SET };

let begun = performance.now();
if (task === 'write') write(plannedEvals());
else if (task === 'open') open(plannedEvals());
else if (task === 'fingerprint') await fingerprint();
else throw new Error(`there is no task ${task}`);
const seconds = (performance.now() - begun) / 1000;
process.send?.({ seconds, memory: process.resourceUsage().maxRSS * 1024 } satisfies ScaleCost);
process.once('disconnect', () => process.exit());

function open(evals: readonly PlannedEval[]): void {
  begun = performance.now();
  const knownCommands = evals.map(({ command }) => command);
  const state = State.open({ paths, owner, knownCommands, log: silentLog });
  const plan = { evals, signature: undefined, basis: NO_BASIS, evalsVersion: '', needsApiKey: true };
  const decisions = reconcile(plan, state, { now: new Date() });
  const ordered = longestFirst(evals, expectedDurations(evals, state.records));
  const reused = decisions.filter(({ kind }) => kind === 'reuse').length;
  if (reused !== EVALS || ordered.length !== EVALS) throw new Error(`${reused} of ${EVALS} are reused`);
}

function write(evals: readonly PlannedEval[]): void {
  mkdirSync(dirname(paths.completions), { recursive: true });
  writeFileSync(paths.completions, formatCompletions(evals.map(recordOf)));
  writeFileSync(paths.progressFile, formatProgress(evals.map(({ command }) => command)));
}

function recordOf({ key, command, fingerprint, samples }: PlannedEval, index: number): CompletionRecord {
  const started = 1_700_000_000_000 + index * 1000;
  return {
    version: 1,
    eval: key,
    argv: [...command],
    fingerprint: fingerprint.value,
    parts: fingerprint.parts,
    metrics: { accuracy: 0.5, boostrap_std: 0.01, usage_prompt_tokens: 1000, usage_total_tokens: 1100 },
    samples,
    tokens: { prompt: 1000, completion: 100, total: 1100, cached: 0, reasoning: 0 },
    requests: { sent: 100, replayed: 0 },
    run: { repository: owner.repository, id: '1000', attempt: 1 },
    started: new Date(started).toISOString(),
    ended: new Date(started + ((index * 7919) % EVALS)).toISOString(),
  };
}

function plannedEvals(): PlannedEval[] {
  return Array.from({ length: EVALS }, (_, index) => {
    const key = `bench-${index}.dev.v0`;
    const own = { class: hashOf(['class', index]), samples: hashOf(['samples', index]), spec: hashOf(key) };
    const parts = { ...SHARED_PARTS, ...own };
    const fingerprint = { value: hashOf(parts), parts };
    const command = ['oaieval', MODEL, key, '--max_samples', '100'];
    return { key, name: `bench-${index}`, command, samples: 100, metrics: ['accuracy'], fingerprint };
  });
}

async function fingerprint(): Promise<void> {
  const evals = files.map((path, index): RegisteredEval => {
    const data = [{ name: 'samples', path, label: `bench/${index}.jsonl` }];
    const spec = { cls: 'evals.elsuite.basic.match:Match', args: { samples_jsonl: `bench/${index}.jsonl` } };
    const code = { sources: [], packages: [], remote: [], modelgraded: [] };
    const shown = { metrics: ['accuracy'], higherIsBetter: true, samples: 1 };
    return { key: `bench-${index}.dev.v0`, base: `bench-${index}`, spec, data, ...code, ...shown };
  });
  const registry: RegistryPlan = {
    pythonVersion: '3.11.0',
    evalsVersion: '3.0.1',
    evalsLocation: '',
    registryPaths: [],
    arguments: { maxSamples: null, seed: 20220722, extraEvalParams: {}, completionArgs: {} },
    completionFns: [],
    evals,
    basis: { files: [], directories: [], absent: [] },
    problems: [],
  };
  begun = performance.now();
  const values = await fingerprints({ registry, model: MODEL, env: {}, hashes: new FileHashes() });
  if (new Set(values.map(({ value }) => value)).size !== files.length)
    throw new Error('two files of different content have one fingerprint');
}
