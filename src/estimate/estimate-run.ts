/** What the evals of a run that are not reused are likely to take: docs/estimates.md. Pure. */
import { type CompletionRecord, newestRecord } from '../model/completion-record.ts';
import type { Decision } from '../model/decision.ts';
import {
  addEstimates,
  type EstimateSource,
  type EvalEstimate,
  NOTHING,
  type Range,
  type RunEstimate,
} from '../model/estimate.ts';
import type { EstimatedEval, EstimatedRun } from '../model/estimated-run.ts';
import type { PlannedEval } from '../model/plan.ts';
import type { Prices } from '../model/price.ts';
import { needsOfDemand } from './from-demand.ts';
import { needsOfRecords } from './from-record.ts';
import { needsByGuess } from './guess.ts';
import { type ModelNeeds, sumOf, withoutReplayed } from './model-need.ts';

export interface EstimateRequest {
  /** Of all earlier runs, those of changed content included. */
  readonly records: readonly CompletionRecord[];
  readonly prices: Prices;
  /** How many recorded responses an eval replays instead of sending its requests. */
  readonly replayable: (planned: PlannedEval) => number;
  /** Whether the answers to its last completion are kept, so that requests which have not changed get them. */
  readonly hasKept: (planned: PlannedEval) => boolean;
}

export function estimateRun(decisions: readonly Decision[], request: EstimateRequest): EstimatedRun {
  if (!decisions.some(({ kind }) => kind === 'run')) return { evals: [], total: NO_EVALS };
  const byEval = Map.groupBy(request.records, (record) => record.eval);
  const evals = decisions.flatMap((decision): EstimatedEval[] => {
    if (decision.kind !== 'run') return [];
    const records = byEval.get(decision.eval.key) ?? [];
    return [{ decision, estimate: estimateEval(decision.eval, { ...request, records }) }];
  });
  const total = evals.map(({ estimate }) => ofOne(estimate)).reduce(addEstimates, NO_EVALS);
  return { evals, total };
}

export function estimateEval(planned: PlannedEval, request: EstimateRequest): EvalEstimate | undefined {
  const found = knownNeeds(planned, request.records);
  if (!found) return undefined;
  const { needs, from } = found;
  return { ...sumOf(withoutReplayed(needs, replayedOf(planned, request)), request.prices), from };
}

/** How many responses are replayed. Which requests have changed is not known, so all kept answers may serve, or none. */
function replayedOf(planned: PlannedEval, { records, replayable, hasKept }: EstimateRequest): Range {
  const low = replayable(planned);
  if (!hasKept(planned)) return { low, high: low };
  const requests = newestRecord(records.filter(({ eval: key }) => key === planned.key))?.requests;
  return { low, high: low + (requests ? requests.sent + requests.replayed : 0) };
}

function knownNeeds(
  planned: PlannedEval,
  records: readonly CompletionRecord[],
): { readonly needs: ModelNeeds; readonly from: EstimateSource } | undefined {
  const recorded = needsOfRecords(planned, records);
  if (recorded) return { needs: recorded, from: 'earlier run' };
  const measured = needsOfDemand(planned);
  if (measured) return { needs: measured, from: 'characters' };
  const guessed = needsByGuess(planned);
  return guessed && { needs: guessed, from: 'guess' };
}

const NO_EVALS: RunEstimate = {
  evals: 0,
  unknownEvals: 0,
  guessedEvals: 0,
  requests: NOTHING,
  promptTokens: NOTHING,
  completionTokens: NOTHING,
  cost: NOTHING,
  unpriced: [],
};

function ofOne(estimate: EvalEstimate | undefined): RunEstimate {
  if (!estimate) return { ...NO_EVALS, evals: 1, unknownEvals: 1 };
  const { from, ...estimated } = estimate;
  return { ...estimated, evals: 1, unknownEvals: 0, guessedEvals: from === 'guess' ? 1 : 0 };
}
