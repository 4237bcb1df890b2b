/** Runs after every job. If main did not finish, saves the state that is on disk and writes the job summary. */
import { runIdentity } from './action/context.ts';
import { fail } from './action/finish.ts';
import { secret } from './action/input/text.ts';
import { actionLog as log } from './action/log.ts';
import { printResults, publishSummary } from './action/publish.ts';
import { loadSession, ownerOf, type Session, saveSession } from './action/session.ts';
import { checkpointStore } from './checkpoint/checkpoint-store.ts';
import { Checkpointer } from './checkpoint/checkpointer.ts';
import { ActionError } from './errors.ts';
import { Journals } from './progress/journals.ts';
import { lockState } from './progress/lock.ts';
import { type StatePaths, statePaths } from './progress/paths.ts';
import { State } from './progress/state.ts';
import { interruptionNote } from './report/closing-message.ts';
import { summarize } from './report/results.ts';
import { outcomesOnDisk, trafficOnDisk } from './run/outcomes-on-disk.ts';
import { withRecorded } from './run/recorded-responses.ts';

async function post(): Promise<void> {
  const session = loadSession();
  if (!session || session.ended) return;
  const { model, evalSet } = session.inputs;
  log.info('The step did not finish. Saving what it completed.');

  const paths = statePaths(session.inputs.stateDirectory, model, evalSet);
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
  const { inputs, context } = session;
  const { model, evalSet } = inputs;
  const state = State.open({ paths, owner: ownerOf(session), log });
  const journals = new Journals(paths);
  const store = checkpointStore({
    identity: session.checkpoint,
    encryptionKey: secret('encryption-key'),
    temporaryDirectory: context.temporaryDirectory,
    firstSeq: session.nextSeq,
    env: process.env,
  });
  const checkpointer = new Checkpointer({
    state,
    // Main may have saved this content already, while evals were running.
    isUnchanged: () => session.savedOutline === state.outline(),
    journals,
    store,
    log,
  });
  const { key } = await checkpointer.finish();
  saveSession({ ...session, ended: true });
  if (session.isReported) return;

  const run = runIdentity(context);
  const outcomes = withRecorded(outcomesOnDisk(state, run), journals, run.repository);
  const leftOut = state.plan?.leftOut?.length;
  const results = summarize(model, evalSet, outcomes, trafficOnDisk(state, run), leftOut);
  const note = interruptionNote(results, session.trouble);
  await publishSummary(results, context, [note], log);
  printResults(results, key || (session.savedKey ?? ''), log);
  log.warning(note, 'Step interrupted');
}

await post().catch(fail);
