/** Reads what the input `baseline` names. Anyone may have written it. */
import { dirname, join } from 'node:path';
import type { Baseline } from '../model/baseline.ts';
import { counted, isOrAre } from '../model/format.ts';
import type { Results } from '../model/results.ts';
import { describeShard } from '../model/shard.ts';
import type { Verdict } from '../model/verdict.ts';
import { isDirectory, isThere } from '../path-faults.ts';
import { PUT_IT_THERE, readResults } from './read-results.ts';
import { readSamples } from './read-samples.ts';
import type { NotResults } from './results-file.ts';

/** Why a baseline cannot be used, and what to do. */
type Fault = NotResults;

/**
 * @param path absolute path of a results.json, or of a directory that contains one
 * @param shownPath the path as the user wrote it
 */
export async function readBaseline(path: string, shownPath: string): Promise<Baseline> {
  const unusable = ({ problem, next }: Fault) =>
    ({ kind: 'unusable', path: shownPath, problem, next }) as const;
  const file = isDirectory(path) ? join(path, 'results.json') : path;
  if (file !== path && !isThere(file))
    return unusable({ problem: 'it is a directory that contains no results.json', next: PUT_IT_THERE });
  const parsed = await readResults(file);
  if ('problem' in parsed) return unusable(parsed);
  const { results, verdict } = parsed;
  const fault = whyNotApprovable(results, verdict);
  if (fault) return unusable(fault);
  const { run, model } = results;
  const source = { path: shownPath, runId: run.id, sha: run.sha, ref: run.ref, model, ended: run.ended };
  return { kind: 'usable', source, results, ...(await samplesBeside(file, results)) };
}

/** A baseline says what is good enough, so a run that is not good enough itself cannot be one. */
function whyNotApprovable(results: Results, verdict: Verdict): Fault | undefined {
  if (results.shard)
    return {
      problem: `it has the results of ${describeShard(results.shard)} alone`,
      next: 'Approve the results.json that the merge of the shards wrote.',
    };
  const number = (status: string) => results.evals.filter((each) => each.status === status).length;
  const [failed, pending] = [number('failed'), number('pending')];
  if (failed > 0)
    return {
      problem: `in its run ${counted(failed, 'eval')} failed`,
      next: 'Re-run its job, which reuses completed evals, until no eval fails, and approve the results.json of that attempt.',
    };
  if (pending > 0 || verdict.status === 'incomplete')
    return {
      problem: `its run is incomplete: ${counted(pending, 'eval')} ${isOrAre(pending)} pending`,
      next: 'Re-run its job, which reuses completed evals, until none is pending, and approve the results.json of that attempt.',
    };
  if (verdict.status === 'failed') return missedRules(verdict);
  if (number('fresh') + number('reused') === 0)
    return { problem: 'its run completed no eval', next: 'Approve the results.json of another run.' };
  return undefined;
}

function missedRules({ rules }: Verdict): Fault {
  const count = rules.filter(({ status, advisory }) => status !== 'met' && !advisory).length;
  const [it, those] = count === 1 ? ['it', 'that rule'] : ['them', 'those rules'];
  return {
    problem: `its run missed ${counted(count, 'required rule')}, or could not judge ${it}`,
    next: `If its results are good enough, run the workflow without ${those} in \`thresholds\`, which reuses completed evals, and approve the results.json of that run.`,
  };
}

/** Only the samples of evals that the results have: the file may be left over from another run. */
async function samplesBeside(
  file: string,
  { evals }: Results,
): Promise<Pick<Extract<Baseline, { kind: 'usable' }>, 'samples' | 'samplesProblem'>> {
  const path = join(dirname(file), 'samples.jsonl');
  if (!isThere(path)) return { samples: undefined };
  const read = await readSamples(path);
  if ('problem' in read) return { samples: undefined, samplesProblem: read.problem };
  const keys = new Set(evals.map(({ key }) => key));
  const samples = new Map([...read].filter(([key]) => keys.has(key)));
  if (samples.size > 0 || read.size === 0) return { samples };
  return { samples: undefined, samplesProblem: 'it has samples of other evals only' };
}
