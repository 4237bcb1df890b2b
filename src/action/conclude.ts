/** The end of a step: judges the run and shows its results. If a cancelled job is killed before that is done, post does it. */
import { reasonOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { FinishedRun } from '../model/finished-run.ts';
import { type ClosingMessage, closingMessage, type Stops } from '../report/closing-message.ts';
import { remarksOf } from '../report/remarks.ts';
import { unaskedModels } from '../report/unasked-models.ts';
import { makeReport } from './make-report.ts';
import { type Places, printResults, publishComment, publishOutputs, publishReports } from './publish.ts';
import * as pick from './requests.ts';
import type { RunningSession } from './session.ts';
import type { Step } from './step.ts';

export interface EndedStep {
  readonly session: RunningSession;
  readonly run: FinishedRun;
  readonly stops: Stops;
  readonly places: Places;
  /** Whether a later save could not do better. If not, as in a cancelled job without time, post saves. */
  readonly isSaved: boolean;
  /** Aborted when a cancelled job has no time left. */
  readonly commentDeadline: AbortSignal;
}

/** @returns why the step fails; undefined when it passes */
export async function conclude(step: Step, ended: EndedStep, log: Log): Promise<ClosingMessage | undefined> {
  const { session, run, stops, places, isSaved, commentDeadline } = ended;
  const { inputs, context } = step;
  const { gate, report: reports } = inputs;
  const { stopped, trouble } = stops;
  const report = makeReport({ run, gate, samplesText: reports.samplesText, context, log });
  const closing = closingMessage(report.results, report.verdict, stops);
  const unasked = unaskedModels(inputs.modelMap, run.outcomes);
  if (unasked) log.warning(unasked, 'Model map');
  const remarks = remarksOf({ closing, trouble, unasked });
  publishOutputs(report, places, log);
  printResults(report, places.savedKey || places.restoredKey, log);
  session.save({ remarks, ...(stopped.aborted ? { whyStopped: reasonOf(stopped.reason) } : {}) });
  await publishReports(report, remarks, { paths: places.report, canBeUploaded: true }, log);
  session.save({ isReported: true });
  await publishComment(report, { ...pick.commentRequest(step), context, signal: commentDeadline }, log);
  session.save({ ended: isSaved });
  return closing;
}
