/** How many recorded responses evals replay when they run next. */
import type { Decision } from '../model/decision.ts';
import type { Outcome } from '../model/outcome.ts';
import type { PlannedEval } from '../model/plan.ts';
import type { RecordedResponses } from '../model/recorded-responses.ts';
import { journalOwner } from '../plan/content.ts';
import { AnswerStore } from '../progress/answer-store.ts';
import type { Journals } from '../progress/journals.ts';
import type { State } from '../progress/state.ts';

type Counted = Pick<Journals, 'replayable'>;

export interface RecordedRequest {
  readonly journals: Counted;
  /** `owner/name`, to which the journals belong. */
  readonly repository: string;
  /** If false, nothing is replayed. */
  readonly sampleResume: boolean;
}

/** How many recorded responses an eval will replay when it runs. */
export function replayableOf({ journals, repository, sampleResume }: RecordedRequest) {
  return (planned: PlannedEval): number =>
    sampleResume ? journals.replayable(journalOwner(planned, repository)) : 0;
}

/** Whether answers of the last completion of an eval are kept, which serve its requests when it runs. */
export function hasKeptOf({ paths }: Pick<State, 'paths'>, reuses: boolean) {
  const answers = new AnswerStore(paths);
  return ({ key }: PlannedEval): boolean => reuses && answers.has(key);
}

/** The recorded responses that the evals of this run will replay. */
export function recordedResponses(
  decisions: readonly Decision[],
  { journals, repository, sampleResume }: RecordedRequest,
): RecordedResponses {
  const replayable = replayableOf({ journals, repository, sampleResume });
  const counts = decisions.map((decision) => (decision.kind === 'run' ? replayable(decision.eval) : 0));
  return {
    responses: counts.reduce((sum, count) => sum + count, 0),
    evals: counts.filter((count) => count > 0).length,
  };
}

/** The outcomes, with the number of recorded responses of those that are not completed. */
export function withRecorded(
  outcomes: readonly Outcome[],
  journals: Counted,
  repository: string,
): readonly Outcome[] {
  return outcomes.map((outcome) =>
    outcome.status === 'failed' || outcome.status === 'pending'
      ? { ...outcome, recorded: journals.replayable(journalOwner(outcome.eval, repository)) }
      : outcome,
  );
}
