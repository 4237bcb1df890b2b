/** Runs after the job's steps, always. When main did not come to its end: save what is on disk, tell what is known. */
import { runIdentity } from './action/context.ts';
import { fail } from './action/finish.ts';
import { secret } from './action/input-values.ts';
import { actionLog as log } from './action/log.ts';
import { publishSummary } from './action/publish.ts';
import { loadSession, ownerOf, type Session, saveSession } from './action/session.ts';
import { checkpointStore } from './checkpoint/checkpoint-store.ts';
import { Checkpointer } from './checkpoint/checkpointer.ts';
import { ActionError } from './errors.ts';
import { Journals } from './progress/journals.ts';
import { lockState } from './progress/lock.ts';
import { type StatePaths, statePaths } from './progress/paths.ts';
import { State } from './progress/state.ts';
import { summarize } from './report/results.ts';
import { outcomesOnDisk, trafficOnDisk } from './run/outcomes-on-disk.ts';

async function post(): Promise<void> {
  const session = loadSession();
  if (!session || session.ended) return;
  const { model, evalSet } = session.inputs;
  log.info('The step did not come to its end; saving what it completed.');

  const paths = statePaths(session.inputs.stateDirectory, model, evalSet);
  const lock = await lockState(paths).catch((error: unknown) => {
    if (error instanceof ActionError && error.code === 'STATE_LOCKED') return undefined;
    throw error;
  });
  if (!lock) {
    log.info(
      'Another run has taken the state over in the meantime: it goes on with what is here, and saves it.',
    );
    return;
  }
  try {
    await saveAndTell(session, paths);
  } finally {
    await lock.release();
  }
}

async function saveAndTell(session: Session, paths: StatePaths): Promise<void> {
  const { inputs, context } = session;
  const { model, evalSet } = inputs;
  const state = State.open({ paths, owner: ownerOf(session), log });
  const store = checkpointStore({
    identity: session.checkpoint,
    encryptionKey: secret('encryption-key'),
    temporaryDirectory: context.temporaryDirectory,
    firstSeq: session.nextSeq,
    env: process.env,
  });
  const checkpointer = new Checkpointer({
    state,
    // What a checkpoint holds that was saved while evals ran is not saved again.
    isUnchanged: () => session.savedOutline === state.outline(),
    journals: new Journals(paths),
    store,
    log,
  });
  await checkpointer.finish();
  saveSession({ ...session, ended: true });

  const run = runIdentity(context);
  const results = summarize(model, evalSet, outcomesOnDisk(state, run), trafficOnDisk(state, run));
  const note = 'The step was interrupted. Re-run the failed jobs: what is done here is not run again.';
  await publishSummary(results, context, [note], log);
}

await post().catch(fail);
