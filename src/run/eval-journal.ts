/** Opens the journal of an eval that is about to run, and logs what the eval can replay. */
import type { Lane } from '../gateway/lane/lane.ts';
import type { Log } from '../log.ts';
import { describeReason } from '../model/decision.ts';
import { counted } from '../model/format.ts';
import type { PlannedEval } from '../model/plan.ts';
import { changedParts, journalOwner } from '../plan/content.ts';
import type { Journal } from '../progress/journal.ts';
import type { Journals } from '../progress/journals.ts';

export interface OpenJournalOptions {
  readonly repository: string;
  readonly journals: Journals;
  /** What became of the responses that belong to other content of the eval. */
  readonly stale: 'kept' | 'unused';
}

export function openJournal(
  planned: PlannedEval,
  { repository, journals, stale }: OpenJournalOptions,
  log: Log,
): Journal {
  const owner = journalOwner(planned, repository);
  const { journal, staleParts, damaged, rejected } = journals.open(owner);
  if (staleParts) {
    const changes = describeReason({ kind: 'changed', parts: changedParts(staleParts, owner.parts) });
    const use = stale === 'kept' ? 'serve only requests in the same words' : 'are not used';
    log.info(`The recorded responses of an earlier attempt ${use}: ${changes}`);
  }
  for (const { path, why } of rejected)
    log.warning(
      `Some files in the journal of ${planned.name} are not used: ${why}. They were quarantined as ${path}; delete it when you no longer need it.`,
      'State quarantined',
    );
  if (damaged > 0)
    log.info(`Damaged lines of the journal are skipped (${damaged}); their requests are sent again.`);
  if (journal.replayable > 0) {
    const samples = planned.samples === null ? '' : ` of its ${counted(planned.samples, 'sample')}`;
    log.info(
      `Resumes: replays ${counted(journal.replayable, 'recorded response')} and sends all other requests${samples}.`,
    );
  }
  return journal;
}

/** Logs why an attempt does not replay recorded responses. */
export function explainStart(lane: Lane, journal: Journal | undefined, replays: boolean, log: Log): void {
  if (journal?.stateful) {
    const made = lane.stateMadeBy();
    log.info(
      `It starts from its first request, because it creates or uses something that the API stores${made ? ` (${made})` : ''}, such as a conversation or a file. Such responses cannot be replayed.`,
    );
  } else if (!replays) {
    log.info(
      'Its last attempt does not use recorded responses, because it failed while it used some of an earlier run. They stay recorded.',
    );
  }
}
