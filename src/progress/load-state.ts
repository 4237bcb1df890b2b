/** Reads the state of one (model, eval set) from disk, quarantines what is invalid, and heals what a kill left half written. */
import { existsSync } from 'node:fs';
import type { Log } from '../log.ts';
import type { AttemptRecord } from '../model/attempt-record.ts';
import type { Command } from '../model/command.ts';
import type { CompletionRecord } from '../model/completion-record.ts';
import { type Owner, sameOwner } from '../model/owner.ts';
import type { SavedPlan } from '../model/plan.ts';
import type { RunFacts } from '../model/run-facts.ts';
import { formatAttempts, MAX_ATTEMPTS_BYTES, parseAttempts } from './attempts-file.ts';
import {
  formatCompletions,
  MAX_COMPLETIONS_BYTES,
  type ParsedCompletions,
  parseCompletions,
} from './completions-file.ts';
import { makeDirectory } from './directories.ts';
import { replaceFile } from './durable.ts';
import { type HealedState, healState } from './heal-state.ts';
import { clearMark, MAX_MARK_BYTES, parseMark } from './lines-to-write.ts';
import { earlierMergeMark, earlierMergeWasInterrupted } from './merge-files.ts';
import type { StateFacts } from './merge-states.ts';
import { completedRecordFile, type StatePaths, stateFolder } from './paths.ts';
import { formatProgress, MAX_PROGRESS_BYTES, parseProgress } from './progress-file.ts';
import { quarantine, quarantineState } from './quarantine.ts';
import { MAX_RUN_FACTS_BYTES, parseRunFacts } from './run-facts-file.ts';
import { MAX_PLAN_BYTES, parseSavedPlan } from './saved-plan.ts';
import { type Expected, problemWith, readRegularFile } from './untrusted-files.ts';

export interface OpenOptions {
  readonly paths: StatePaths;
  readonly owner: Owner;
  /** Commands of the current plan, which restore the argument boundaries of lines that old `oaievalset` releases wrote. */
  readonly knownCommands?: readonly Command[];
  /** What plan.json has of this owner, if it was read already, which takes long; or `unread` to leave it aside. */
  readonly plan?: SavedPlan | 'unread' | undefined;
  /** What completions.jsonl has, if it was read already. */
  readonly completions?: ParsedCompletions | undefined;
  /** Keys of the evals that other shards have. A merge takes nothing of them. */
  readonly elsewhere?: readonly string[];
  readonly log: Log;
  readonly now?: () => Date;
  /** Directory of quarantined files; by default, that of the file itself. */
  readonly rejectTo?: string;
}

export interface LoadedState extends StateFacts {
  /** Of this repository, in the order in which they ended. */
  readonly attempts: readonly AttemptRecord[];
  /** Of the last run of this repository; undefined when there are none. */
  readonly runFacts: RunFacts | undefined;
}

/** Throws what the file system throws. */
export function loadState(options: OpenOptions): LoadedState {
  return new Loader(options).load();
}

class Loader {
  readonly #options: OpenOptions;
  readonly #now: Date;

  constructor(options: OpenOptions) {
    this.#options = options;
    this.#now = options.now?.() ?? new Date();
  }

  load(): LoadedState {
    const { paths } = this.#options;
    makeDirectory(stateFolder(paths));
    const quarantined = this.#quarantineWrongEntries();
    const plan = this.#loadPlan();
    const healed = this.#loadCompleted(quarantined.has(paths.completions));
    return { ...healed, plan, attempts: this.#loadAttempts(), runFacts: this.#loadRunFacts() };
  }

  /** Quarantines links, directories in place of files and the like. Returns the paths of those. */
  #quarantineWrongEntries(): ReadonlySet<string> {
    const { paths } = this.#options;
    const expected: readonly (readonly [string, Expected])[] = [
      [paths.progressFile, { maxBytes: MAX_PROGRESS_BYTES }],
      [paths.live, 'directory'],
      [paths.resume, 'directory'],
      [paths.completions, { maxBytes: MAX_COMPLETIONS_BYTES }],
      [paths.linesToWrite, { maxBytes: MAX_MARK_BYTES }],
      [paths.attempts, { maxBytes: MAX_ATTEMPTS_BYTES }],
      [paths.runFacts, { maxBytes: MAX_RUN_FACTS_BYTES }],
      [paths.plan, { maxBytes: MAX_PLAN_BYTES }],
      [paths.logs, 'directory'],
      [paths.journal, 'directory'],
      [paths.answers, 'directory'],
    ];
    const quarantined = new Set<string>();
    for (const [path, kind] of expected) {
      const problem = problemWith(path, kind);
      if (problem === undefined) continue;
      this.#reject(path, problem);
      quarantined.add(path);
    }
    return quarantined;
  }

  #loadPlan(): SavedPlan | undefined {
    const { paths, owner, plan: known } = this.#options;
    if (known) return known === 'unread' ? undefined : known;
    const text = readRegularFile(paths.plan);
    if (text === undefined) return undefined;
    const plan = parseSavedPlan(text);
    if ('reason' in plan) this.#reject(paths.plan, plan.reason);
    else if (sameOwner(plan.owner, owner)) return plan;
    else this.#quarantineStateOf(plan.owner);
    return undefined;
  }

  /** Reads completion records and progress lines, heals them, and rewrites the files that differ from the healed state. */
  #loadCompleted(recordsWereQuarantined: boolean): HealedState {
    const { paths, owner, knownCommands } = this.#options;
    const completions =
      this.#options.completions ?? parseCompletions(readRegularFile(paths.completions) ?? '');
    if (completions.rejected) this.#reject(paths.completions, completions.rejected);
    this.#warnOfForeign(completions.records);
    const progressText = readRegularFile(paths.progressFile);
    const progress = parseProgress(progressText ?? '', knownCommands);
    if (progress.rejected) this.#reject(paths.progressFile, progress.rejected);
    const healed = healState({
      records: completions.records,
      lines: progressText === undefined ? undefined : progress.commands,
      repository: owner.repository,
      linesToWrite: earlierMergeWasInterrupted(paths) ? 'all' : this.#loadMark(),
      recordsWereLost: recordsWereQuarantined || completions.rejected !== undefined,
      hasRecordFile: (evalKey) => existsSync(completedRecordFile(paths, evalKey)),
    });
    if (completions.needsRewrite || healed.records.size !== completions.records.length)
      replaceFile(paths.completions, formatCompletions([...healed.records.values()]));
    const progressLines = formatProgress([...healed.commands.values()]);
    if (progressText !== undefined && progressLines !== progressText)
      replaceFile(paths.progressFile, progressLines);
    for (const mark of [paths.linesToWrite, earlierMergeMark(paths)]) clearMark(mark);
    return healed;
  }

  #loadMark(): ReadonlySet<string> {
    const { paths } = this.#options;
    const text = readRegularFile(paths.linesToWrite);
    const mark = text === undefined ? new Set<string>() : parseMark(text);
    if (!('reason' in mark)) return mark;
    this.#reject(paths.linesToWrite, mark.reason);
    return new Set();
  }

  #loadAttempts(): readonly AttemptRecord[] {
    const { paths, owner } = this.#options;
    const { records, rejected, isTorn } = parseAttempts(readRegularFile(paths.attempts) ?? '');
    if (rejected) this.#reject(paths.attempts, rejected);
    const own = records.filter(({ run }) => run.repository === owner.repository);
    if (rejected || isTorn || own.length < records.length) replaceFile(paths.attempts, formatAttempts(own));
    return own;
  }

  #loadRunFacts(): RunFacts | undefined {
    const { paths, owner } = this.#options;
    const text = readRegularFile(paths.runFacts);
    if (text === undefined) return undefined;
    const facts = parseRunFacts(text);
    if (!('reason' in facts)) return facts.run.repository === owner.repository ? facts : undefined;
    this.#reject(paths.runFacts, facts.reason);
    return undefined;
  }

  /** @param why as a clause */
  #reject(path: string, why: string): void {
    const { log, rejectTo } = this.#options;
    const target = quarantine(path, this.#now, rejectTo);
    log.warning(
      `${path} is not used: ${why}. It was quarantined as ${target}, and that part of the state starts fresh. Delete the file when you no longer need it.`,
      'State quarantined',
    );
  }

  #warnOfForeign(records: readonly CompletionRecord[]): void {
    const { paths, owner, log } = this.#options;
    const foreign = records.filter(({ run }) => run.repository !== owner.repository).length;
    if (foreign > 0)
      log.warning(
        `${paths.completions} has completion records of another repository (${foreign}), which are not used.`,
      );
  }

  /** Quarantines the state of another owner, or of this owner with another cache-key. */
  #quarantineStateOf(theirs: Owner): void {
    const { paths, owner, log } = this.#options;
    quarantineState(paths, this.#now);
    const where = `What was in ${stateFolder(paths)} was quarantined and is not used`;
    if (theirs.repository === owner.repository && theirs.cacheKey !== owner.cacheKey) {
      log.info(`The input cache-key has changed, so the eval set starts fresh. ${where}.`);
    } else {
      const whose = `repository ${theirs.repository || '(none)'}, ${theirs.model} on ${theirs.evalSet}`;
      log.warning(`${where}: it belongs to another owner (${whose}).`, 'State quarantined');
    }
  }
}
