/** Saves the state that a step which did not finish left on disk, and writes its reports. */
import { hideKeys } from './action/hide-keys.ts';
import { gateInputs } from './action/input/gate.ts';
import { reportInputs } from './action/input/report.ts';
import { SEVERAL_LINES, secret, text } from './action/input/text.ts';
import { actionLog as log } from './action/log.ts';
import { makeReport } from './action/make-report.ts';
import { printResults, publishComment, publishReports } from './action/publish.ts';
import { readAll } from './action/read-all.ts';
import { reportPaths } from './action/report-files.ts';
import { bareFacts } from './action/run-facts.ts';
import { ownerOf, type Session, saveSession } from './action/session.ts';
import { checkpointStore } from './checkpoint/checkpoint-store.ts';
import { Checkpointer } from './checkpoint/checkpointer.ts';
import { ActionError } from './errors.ts';
import { WHOLE } from './model/shard.ts';
import { partOf } from './plan/assign-shards.ts';
import { Journals } from './progress/journals.ts';
import { lockState } from './progress/lock.ts';
import { type StatePaths, statePaths } from './progress/paths.ts';
import { State } from './progress/state.ts';
import { interruptionRemarks } from './report/remarks.ts';
import { readApiKeys } from './run/api-keys.ts';
import { factsOnDisk, runOnDisk } from './run/run-on-disk.ts';

/** @param session what main has left to know */
export async function finishInterrupted(session: Session): Promise<void> {
  const { model, evalSet } = session.inputs;
  hideKeys(readApiKeys(process.env), log);
  log.info(
    session.remarks
      ? 'The step ended before it wrote its reports. Writing them now.'
      : 'The step did not finish. Saving what it completed.',
  );

  const paths = statePaths(session.inputs.stateDirectory, model, evalSet, session.checkpoint.shard);
  const lock = await lockState(paths).catch((error: unknown) => {
    if (error instanceof ActionError && error.code === 'STATE_LOCKED') return undefined;
    throw error;
  });
  if (!lock) {
    log.info('Another run is using the state now. It continues from what is here and saves it.');
    return;
  }
  try {
    await saveAndReport(session, paths);
  } finally {
    await lock.release();
  }
}

async function saveAndReport(session: Session, paths: StatePaths): Promise<void> {
  const state = State.open({ paths, owner: ownerOf(session), log });
  const journals = new Journals(paths);
  const savedKey = await save(session, state, journals);
  saveSession({ ...session, ended: true });
  if (session.isReported) return;

  const { inputs, context, trouble } = session;
  const { gate, reports } = await readAll({ gate: gateInputs, reports: reportInputs });
  const { model, evalSet } = inputs;
  const { plan } = state;
  const facts = factsOnDisk(state, bareFacts(context));
  const { shard = WHOLE } = facts;
  const run = await runOnDisk({
    model,
    evalSet,
    state,
    journals,
    part: partOf({ evals: plan?.evals ?? [] }, shard),
    excluded: plan?.leftOut ?? [],
    facts,
    texts: reports.samplesText,
    whyPending: session.whyStopped,
  });
  const report = await makeReport({ run, gate, samplesText: reports.samplesText, context, log });
  const remarks = session.remarks ?? interruptionRemarks(report.results, trouble);
  if (!session.remarks) {
    printResults(report, savedKey, log);
    log.warning([...remarks.notes, remarks.next].join(' '), 'Step interrupted');
  }
  // Later steps have run already and cannot upload the files any more. On self-hosted machines they may remain.
  const files = reportPaths(reports.reportDirectory, context);
  await publishReports(report, remarks, { paths: files, canBeUploaded: false }, log);
  // The merge of the shards comments on the whole.
  if (run.shard) return;
  const { comment } = reports;
  const [matrix, githubToken] = [text('matrix', SEVERAL_LINES), secret('github-token')];
  await publishComment(report, { comment, matrix, githubToken, context }, log);
}

/** @returns the key of the newest checkpoint; empty when there is none */
async function save(session: Session, state: State, journals: Journals): Promise<string> {
  const store = checkpointStore({
    identity: session.checkpoint,
    encryptionKey: secret('encryption-key'),
    temporaryDirectory: session.context.temporaryDirectory,
    firstSeq: session.nextSeq,
    env: process.env,
  });
  // Main may have saved this content already, while evals were running.
  const isUnchanged = () => session.savedOutline === state.outline();
  const checkpointer = new Checkpointer({ state, isUnchanged, journals, store, log });
  const { key } = await checkpointer.finish();
  return key || (session.savedKey ?? '');
}
