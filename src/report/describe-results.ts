/** The results of a run as sentences, for the log, the error that ends the step, and notes. Pure. */
import { counted, isOrAre, wholeNumber } from '../model/format.ts';
import type { Results } from '../model/old-results.ts';

/** `0 of 8 evals are done; 60 responses of 3 unfinished evals are recorded and will be replayed.` */
export function describeKept({ counts, recorded }: Results): string {
  const { completed, total } = counts;
  const done = `${wholeNumber(completed)} of ${counted(total, 'eval')} ${isOrAre(total === 1 ? 1 : completed)} done`;
  const { responses, evals } = recorded;
  if (responses > 0)
    return `${done}; ${counted(responses, 'response')} of ${counted(evals, 'unfinished eval')} ${isOrAre(responses)} recorded and will be replayed.`;
  return completed === 0 ? `${done}, and no response is recorded.` : `${done}.`;
}

/**
 * The sentence that follows the table of results: the verdict, the counts, and what the next run uses.
 * @param checkpoint the key of the newest checkpoint; empty when there is none
 */
export function closingSentence(results: Results, checkpoint: string): string {
  const source = checkpoint === '' ? 'the state on this machine' : `the checkpoint ${checkpoint}`;
  const { verdict, counts } = results;
  if (verdict === 'passed') {
    const next = counts.total === 0 ? '' : `; the next run reuses their results from ${source}`;
    return `Passed: ${describeCompleted(results)}${next}.`;
  }
  const word = verdict === 'failed' ? 'Failed' : 'Incomplete';
  return `${word}: ${describeUnfinished(results)}; a re-run of the failed jobs continues from ${source}.`;
}

/** `all 28 evals are done (23 fresh, 5 reused)` */
function describeCompleted({ counts }: Results): string {
  const { total, leftOut } = counts;
  const left = leftOut > 0 ? `, and ${counted(leftOut, 'eval')} of the set ${isOrAre(leftOut)} left out` : '';
  // Not "all": the set has more.
  const all = leftOut > 0 || total < 3 ? '' : 'all ';
  return `${all}${counted(total, 'eval')} ${isOrAre(total)} done${describeOrigins(counts)}${left}`;
}

/** `2 of 28 evals failed, 24 are done (20 fresh, 4 reused), 2 are pending` */
function describeUnfinished({ counts }: Results): string {
  const { total, completed, failed, pending } = counts;
  const of = `of ${counted(total, 'eval')}`;
  const parts = [
    ...(failed > 0 ? [`${wholeNumber(failed)} ${of} failed`] : []),
    `${wholeNumber(completed)}${failed > 0 ? '' : ` ${of}`} ${isOrAre(completed)} done${describeOrigins(counts)}`,
    ...(pending > 0 ? [`${wholeNumber(pending)} ${isOrAre(pending)} pending`] : []),
  ];
  return parts.join(', ');
}

function describeOrigins({ fresh, reused, completed }: Results['counts']): string {
  const parts = [
    ...(fresh > 0 ? [`${wholeNumber(fresh)} fresh`] : []),
    ...(reused > 0 ? [`${wholeNumber(reused)} reused`] : []),
  ];
  return completed === 0 ? '' : ` (${parts.join(', ')})`;
}
