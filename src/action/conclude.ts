/** The end of a step: judges the run and shows its results. If a cancelled job is killed before that is done, post does it. */
import { reasonOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { FinishedRun } from '../model/finished-run.ts';
import { type ClosingMessage, closingMessage, type Stops } from '../report/closing-message.ts';
import { remarksOf } from '../report/remarks.ts';
import { unaskedModels } from '../report/unasked-models.ts';
import type { Inputs } from './inputs.ts';
import { makeReport } from './make-report.ts';
import { type Places, printResults, publishComment, publishOutputs, publishReports } from './publish.ts';
import * as pick from './requests.ts';
import type { RunningSession } from './session.ts';
import type { Step } from './step.ts';

/** A step, or the one that merges its shards. */
export interface ConcludedStep extends Pick<Step, 'context' | 'secrets'> {
  readonly inputs: Pick<Inputs, 'gate' | 'report' | 'modelMap' | 'matrix'>;
}

export interface EndedStep {
  readonly session: Pick<RunningSession, 'save'>;
  readonly run: FinishedRun;
  readonly stops: Stops;
  /** What is unusual about the run, in whole sentences. */
  readonly notes?: readonly string[];
  readonly places: Places;
  /** What a re-run of failed jobs continues from, when that is not the checkpoint of this step. */
  readonly resumesFrom?: string;
  /** Whether a later save could not do better. If not, as in a cancelled job without time, post saves. */
  readonly isSaved: boolean;
  /** Aborted when a cancelled job has no time left. */
  readonly commentDeadline: AbortSignal;
}

/** @returns why the step fails; undefined when it passes */
export async function conclude(
  step: ConcludedStep,
  ended: EndedStep,
  log: Log,
): Promise<ClosingMessage | undefined> {
  const { session, run, stops, notes = [], places, isSaved, commentDeadline } = ended;
  const { inputs, context } = step;
  const { gate, report: reports } = inputs;
  const { stopped, trouble } = stops;
  const report = await makeReport({ run, gate, samplesText: reports.samplesText, context, log });
  const closing = closingMessage(report.results, report.verdict, stops);
  const unasked = unaskedModels(inputs.modelMap, run.outcomes);
  if (unasked) log.warning(unasked, 'Model map');
  const remarks = remarksOf({ closing, trouble, notes: unasked ? [...notes, unasked] : notes });
  publishOutputs(report, places, log);
  printResults(report, places.savedKey || places.restoredKey, log, ended.resumesFrom);
  session.save({ remarks, ...(stopped.aborted ? { whyStopped: reasonOf(stopped.reason) } : {}) });
  await publishReports(report, remarks, { paths: places.report, canBeUploaded: true }, log);
  session.save({ isReported: true });
  // The merge of the shards comments on the whole.
  if (!run.shard)
    await publishComment(report, { ...pick.commentRequest(step), context, signal: commentDeadline }, log);
  session.save({ ended: isSaved });
  return closing;
}
