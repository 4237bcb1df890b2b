/** Runs after the job's steps, always. When main did not come to its end: save what is on disk, tell what is known. */
import { fail } from './action/finish.ts';
import { secret } from './action/inputs.ts';
import { actionLog as log } from './action/log.ts';
import { publishSummary } from './action/publish.ts';
import { loadSession, saveSession } from './action/session.ts';
import { Checkpointer } from './checkpoint/checkpointer.ts';
import { checkpointStore } from './checkpoint/state-checkpoint.ts';
import { statePaths } from './progress/paths.ts';
import { State } from './progress/state.ts';
import { summarize } from './report/results.ts';
import { outcomesOnDisk } from './run/outcomes-on-disk.ts';

async function post(): Promise<void> {
  const session = loadSession();
  if (!session?.adopted || session.ended) return;
  const { inputs, context } = session;
  const { model, evalSet, cacheKey } = inputs;
  log.info('The step did not come to its end; saving what it completed.');

  const paths = statePaths(inputs.stateDirectory, model, evalSet);
  const state = State.open({
    paths,
    owner: { repository: context.repository, cacheKey, model, evalSet },
    log,
  });
  const store = checkpointStore(
    { ...inputs, encryptionKey: secret('encryption-key') },
    context,
    session.nextSeq,
  );
  const checkpointer = new Checkpointer({
    state,
    unchangedSince: () => false,
    store,
    temporaryDirectory: context.temporaryDirectory,
    log,
    journals: new Set(),
    interval: Number.POSITIVE_INFINITY,
    mark: () => '',
    onSave: () => {},
  });
  await checkpointer.finish();
  saveSession({ ...session, ended: true });

  const results = summarize(model, evalSet, outcomesOnDisk(state, context));
  const note = 'The step was interrupted. Re-run the failed jobs: what is done here is not run again.';
  await publishSummary(results, context, [note], log);
}

await post().catch(fail);
