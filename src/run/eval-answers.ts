/** The kept answers of one eval (`reuse-answers`): opened when it starts, and replaced when it completes. */
import { reasonOf } from '../errors.ts';
import type { Lane } from '../gateway/lane/lane.ts';
import type { Log } from '../log.ts';
import { counted, isOrAre } from '../model/format.ts';
import type { PlannedEval } from '../model/plan.ts';
import { answersOwner, journalOwner, SERVERS_PART } from '../plan/content.ts';
import type { AnswerStore } from '../progress/answer-store.ts';
import type { Journal, JournalOwner } from '../progress/journal.ts';
import type { RecordedAnswer } from '../progress/journal-line.ts';
import type { KeptAnswers } from '../progress/kept-answers.ts';
import type { StatePaths } from '../progress/paths.ts';
import { responsesIn, staleJournals } from '../progress/stale-responses.ts';

export interface AnswersRequest {
  readonly paths: StatePaths;
  readonly repository: string;
  /** Undefined without reuse-answers. */
  readonly answers?: AnswerStore | undefined;
  /** If false, nothing is replayed. */
  readonly sampleResume: boolean;
}

export interface EvalAnswers {
  /** Undefined when there are none. */
  readonly kept: KeptAnswers | undefined;
  /** What becomes of the responses in its journal that belong to other content. */
  readonly stale: 'kept' | 'unused';
  /** Keeps what the requests of a completed attempt were answered, and nothing else. Never rejects. */
  keep(lane: Lane, journal: Journal | undefined): Promise<void>;
}

export async function openAnswers(
  planned: PlannedEval,
  request: AnswersRequest,
  log: Log,
): Promise<EvalAnswers> {
  const { answers: store, repository, sampleResume } = request;
  if (!store) return { kept: undefined, stale: 'unused', keep: async () => {} };
  const owner = answersOwner(planned, repository);
  const keep = (lane: Lane, journal: Journal | undefined) =>
    keepAnswers({ planned, owner, store, lane, journal, log });
  if (!sampleResume) return { kept: undefined, stale: 'unused', keep };
  const { kept, stale } = await tolerant(
    () => openWithStale(planned, owner, { ...request, answers: store }, log),
    (why) => {
      log.warning(
        `The kept answers of ${planned.name} cannot be read: ${why}. It sends all requests.`,
        'Answers not used',
      );
      return { kept: undefined, stale: 'unused' as const };
    },
  );
  if (kept && kept.size > 0)
    log.info(
      `${counted(kept.size, 'answer')} of earlier runs ${isOrAre(kept.size)} kept: requests in the same words get them, all others are sent.`,
    );
  return { kept, stale, keep };
}

/** Opens the kept answers, after adding what the eval recorded before its content changed. */
async function openWithStale(
  planned: PlannedEval,
  owner: JournalOwner,
  { paths, repository, answers: store }: AnswersRequest & { readonly answers: AnswerStore },
  log: Log,
): Promise<Pick<EvalAnswers, 'kept' | 'stale'>> {
  const kept = opened(planned, owner, store, log);
  const stale = staleJournals(paths, journalOwner(planned, repository), SERVERS_PART);
  if (stale.length === 0) return { kept, stale: 'unused' };
  await store.keep(owner, chained(kept?.all() ?? [], responsesIn(stale)));
  return { kept: store.open(owner).answers, stale: 'kept' };
}

function opened(
  { name }: PlannedEval,
  owner: JournalOwner,
  store: AnswerStore,
  log: Log,
): KeptAnswers | undefined {
  const { answers, rejected } = store.open(owner);
  if (rejected)
    log.warning(
      `The kept answers of ${name} are not used: ${rejected.why}. They were quarantined as ${rejected.path}; delete it when you no longer need it.`,
      'State quarantined',
    );
  if (answers && answers.damaged > 0)
    log.warning(
      `Some kept answers of ${name} are damaged and are not used (${counted(answers.damaged, 'line')}). Their requests are sent again.`,
      'Answers damaged',
    );
  if (answers && answers.expired > 0)
    log.info(
      `${counted(answers.expired, 'kept answer')} ${isOrAre(answers.expired)} older than max-age, and not used.`,
    );
  return answers;
}

interface Keeping {
  readonly planned: PlannedEval;
  readonly owner: JournalOwner;
  readonly store: AnswerStore;
  readonly lane: Lane;
  readonly journal: Journal | undefined;
  readonly log: Log;
}

async function keepAnswers({ planned, owner, store, lane, journal, log }: Keeping): Promise<void> {
  const keep = async () => {
    // Without a journal, its answers are not known: those of an earlier completion would say something else than its result.
    if (!journal || journal.stateful) store.remove(planned.key);
    else await store.keep(owner, lane.answers());
  };
  await tolerant(keep, (why) =>
    log.warning(
      `The answers of ${planned.name} could not be kept: ${why}. Its result is not affected; if it runs again, it sends more requests.`,
      'Answers not kept',
    ),
  );
}

/** Neither the run of an eval nor its result depends on its kept answers. */
async function tolerant<T>(work: () => Promise<T>, otherwise: (why: string) => T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    return otherwise(reasonOf(error));
  }
}

function* chained(...all: readonly Iterable<RecordedAnswer>[]): Generator<RecordedAnswer> {
  for (const each of all) yield* each;
}
