/** Takes over what another state recorded: the journals of its unfinished evals, and the kept answers of completed ones. */
import type { Log } from '../log.ts';
import { AnswerStore } from './answer-store.ts';
import { Journals } from './journals.ts';
import type { StatePaths } from './paths.ts';

export interface RecordedOptions {
  readonly repository: string;
  /** Keys of the evals of the plan; undefined when there is no plan yet. */
  readonly known: readonly string[] | undefined;
  /** Keys of the evals that other shards have. */
  readonly elsewhere: ReadonlySet<string>;
  readonly log: Log;
  readonly now: Date;
}

export function adoptRecorded(from: StatePaths, to: StatePaths, options: RecordedOptions): void {
  const { repository, known, elsewhere, log, now } = options;
  const evals = known?.filter((key) => !elsewhere.has(key));
  const journals = new Journals(to).adopt(from, { repository, evals });
  if (journals)
    log.warning(
      `Some recorded responses of unfinished evals were not restored. The checkpoint contains ${journals}. Their requests are sent again.`,
      'Journals rejected',
    );
  // Answers of evals that left the set stay while they have room. Shards leave them to the merged state.
  const kept = elsewhere.size === 0 ? undefined : evals;
  const answers = new AnswerStore(to).adopt(from, { repository, evals: kept }, now);
  if (answers)
    log.warning(
      `Some kept answers of completed evals were not restored. The checkpoint contains ${answers}. If these evals run again, they send all requests.`,
      'Answers rejected',
    );
}
