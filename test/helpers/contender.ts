/** Tries to lock a state as often as its parent requests, holds the locks until it ends, and reports how many tries won. */
import { ActionError } from '../../src/errors.ts';
import { lockState } from '../../src/progress/lock.ts';
import { statePaths } from '../../src/progress/paths.ts';

process.on('message', async ({ root, tries }: { readonly root: string; readonly tries: number }) => {
  const results = await Promise.allSettled(
    Array.from({ length: tries }, () => lockState(statePaths(root, 'gpt-4', 'set'))),
  );
  const refused = results
    .filter((result) => result.status === 'rejected')
    .map(({ reason }) => reason as unknown);
  const others = refused.filter((error) => !(error instanceof ActionError && error.code === 'STATE_LOCKED'));
  process.send?.({ won: tries - refused.length, others: others.map(String) });
});
process.on('disconnect', () => process.exit());
