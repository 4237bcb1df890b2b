/** Runs after every job. If main did not finish, saves the state that is on disk and writes the reports. */
import { loadSession } from './action/session.ts';

/** Most steps finish. Only after one that did not does this load what it takes to report. */
async function post(): Promise<void> {
  const session = loadSession();
  if (!session || session.ended) return;
  const { finishInterrupted } = await import('./interrupted-step.ts');
  await finishInterrupted(session);
}

await post().catch(async (error: unknown) => {
  const { fail } = await import('./action/finish.ts');
  await fail(error);
});
