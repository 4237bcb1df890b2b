/**
 * The state of one (model, eval set) on disk: what is done, in the words of `oaievalset` (progress file) and in ours
 * (completion records). See docs/adr/0003-record-then-line.md for the order of writes that everything here relies on.
 */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Log } from '../log.ts';
import type { AttemptRecord } from '../model/attempt-record.ts';
import { type Command, commandId, formatCommand } from '../model/command.ts';
import type { CompletionRecord } from '../model/completion-record.ts';
import { type Owner, sameOwner } from '../model/owner.ts';
import type { SavedPlan } from '../model/plan.ts';
import {
  formatAttempts,
  LARGEST_ATTEMPTS,
  mergeAttempts,
  parseAttempts,
  ROOM_FOR_LAST_LINES,
  writableAttempt,
} from './attempts-file.ts';
import {
  formatCompletions,
  formatRecord,
  LARGEST_COMPLETIONS,
  parseCompletions,
} from './completions-file.ts';
import { appendLine, linkOrCopy, replaceFile, TEMPORARY } from './durable.ts';
import { makeFolder, PRIVATE_FILE } from './folders.ts';
import { healState } from './heal-state.ts';
import { Journals } from './journals.ts';
import { mergeStates, type StateFacts } from './merge-states.ts';
import { completedRecordFile, type StatePaths, stateFolder } from './paths.ts';
import { formatProgress, parseProgress } from './progress-file.ts';
import { quarantine } from './quarantine.ts';
import { LARGEST_PLAN, parseSavedPlan } from './saved-plan.ts';
import { digestOf, outlineOf, takeSnapshot } from './snapshot.ts';
import { unwritable } from './unwritable.ts';

/** In bytes; a larger file is not read. That of 10,000 evals has a third of it. */
const LARGEST_PROGRESS_FILE = 16 * 1024 * 1024;

export interface OpenOptions {
  readonly paths: StatePaths;
  readonly owner: Owner;
  /** Commands of today's plan, to read the plain-text lines of old `oaievalset` releases exactly. */
  readonly knownCommands?: readonly Command[];
  readonly log: Log;
  readonly now?: () => Date;
  /** Where rejected files go; beside themselves by default. */
  readonly rejectTo?: string;
}

export class State {
  readonly paths: StatePaths;
  readonly owner: Owner;
  readonly #log: Log;
  #commands = new Map<string, Command>();
  #records = new Map<string, CompletionRecord>();
  /** By the id of their command. */
  #removedByUser = new Map<string, CompletionRecord>();
  #plan: SavedPlan | undefined;
  #attempts: AttemptRecord[] = [];
  #revision = 0;
  readonly #now: () => Date;
  /** Keys of the evals of today's plan; undefined when it is not known. */
  readonly #knownEvals: readonly string[] | undefined;

  private constructor(options: OpenOptions) {
    this.paths = options.paths;
    this.owner = options.owner;
    this.#log = options.log;
    this.#now = options.now ?? (() => new Date());
    this.#knownEvals = options.knownCommands?.flatMap(([, , key]) => key ?? []);
  }

  /**
   * Reads and heals the state, and quarantines files that cannot be trusted.
   * @throws ActionError STATE_UNWRITABLE when the state directory cannot be read or written
   */
  static open(options: OpenOptions): State {
    const state = new State(options);
    try {
      state.#load(options);
    } catch (error) {
      throw unwritable(options.paths.root, error);
    }
    return state;
  }

  get plan(): SavedPlan | undefined {
    return this.#plan;
  }

  /** Grows with every change of this object. */
  get revision(): number {
    return this.#revision;
  }

  /** Ended attempts since the last run began, of this repository, in the order in which they ended. */
  get attempts(): readonly AttemptRecord[] {
    return this.#attempts;
  }

  get commands(): readonly Command[] {
    return [...this.#commands.values()];
  }

  get records(): readonly CompletionRecord[] {
    return [...this.#records.values()];
  }

  /** Whether the progress file says that the command is done. */
  isDone(command: Command): boolean {
    return this.#commands.has(commandId(command));
  }

  record(command: Command): CompletionRecord | undefined {
    return this.#records.get(commandId(command));
  }

  /** Whether the command was done and the user took its line out of the progress file: it is to run again. */
  wasRemoved(command: Command): boolean {
    return this.#removedByUser.has(commandId(command));
  }

  /** Records a finished eval. The record comes first, the progress line last: only the line makes it done. */
  complete(record: CompletionRecord, recordFile?: string): void {
    this.#writing(() => {
      if (recordFile) {
        const kept = completedRecordFile(this.paths, record.eval);
        makeFolder(dirname(kept));
        renameSync(recordFile, kept);
        chmodSync(kept, PRIVATE_FILE);
      }
      if (!existsSync(this.paths.progressFile)) replaceFile(this.paths.progressFile, '');
      appendLine(this.paths.completions, formatRecord(record));
      const id = commandId(record.argv);
      if (!this.#commands.has(id)) appendLine(this.paths.progressFile, formatCommand(record.argv));
      this.#commands.set(id, record.argv);
      this.#records.delete(id);
      this.#records.set(id, record);
    });
  }

  /** Takes evals that have to run again out of the progress file, then out of the completion records. */
  forget(commands: readonly Command[]): void {
    const ids = commands.map(commandId).filter((id) => this.#commands.has(id) || this.#records.has(id));
    if (ids.length === 0) return;
    this.#writing(() => {
      for (const id of ids) this.#commands.delete(id);
      replaceFile(this.paths.progressFile, formatProgress(this.commands));
      for (const id of ids) this.#records.delete(id);
      replaceFile(this.paths.completions, formatCompletions(this.records));
    });
  }

  /** Puts records in the place of those of the same commands: the same results, told as this version tells them. */
  renew(records: readonly CompletionRecord[]): void {
    const renewed = records.filter((record) => this.#records.has(commandId(record.argv)));
    if (renewed.length === 0) return;
    this.#writing(() => {
      for (const record of renewed) this.#records.set(commandId(record.argv), record);
      replaceFile(this.paths.completions, formatCompletions(this.records));
    });
  }

  /** Removes the attempts of earlier runs. Called once by a run that is to record its own. */
  beginRun(): void {
    if (!lexists(this.paths.attempts)) return;
    this.#writing(() => rmSync(this.paths.attempts, { force: true }));
    this.#attempts = [];
  }

  /**
   * Records an attempt that has ended; its texts are cut and freed of secrets. When this returns the record outlives the
   * process. A file that is as large as one can be records no more.
   */
  recordAttempt(record: AttemptRecord): void {
    const whole = writableAttempt(record, (text) => this.#log.redact(text));
    const size = lstatSync(this.paths.attempts, { throwIfNoEntry: false })?.size ?? 0;
    const written = size < ROOM_FOR_LAST_LINES ? whole : { ...whole, lastLines: [] };
    const line = JSON.stringify(written);
    if (size + Buffer.byteLength(line) >= LARGEST_ATTEMPTS) return;
    this.#writing(() => appendLine(this.paths.attempts, line));
    this.#attempts.push(written);
  }

  savePlan(plan: SavedPlan): void {
    this.#writing(() => replaceFile(this.paths.plan, `${JSON.stringify(plan)}\n`));
    this.#plan = plan;
  }

  /**
   * Adopts what another state of the same owner knows: see `mergeStates`. Record files, recorded responses and attempts come
   * along.
   */
  merge(other: State): void {
    const merged = mergeStates(this.#facts(), other.#facts(), this.#now());
    const { records, commands } = merged;
    const adopted = [...records.values()].filter((record) => {
      const id = commandId(record.argv);
      return record !== this.#records.get(id) && record === other.#records.get(id);
    });
    const attempts = mergeAttempts(this.#attempts, other.#attempts);
    this.#writing(() => {
      for (const record of adopted) {
        const log = completedRecordFile(other.paths, record.eval);
        if (!lstatSync(log, { throwIfNoEntry: false })?.isFile()) continue;
        const kept = completedRecordFile(this.paths, record.eval);
        makeFolder(dirname(kept));
        const temporary = `${kept}${TEMPORARY}`;
        rmSync(temporary, { force: true });
        linkOrCopy(log, temporary);
        chmodSync(temporary, PRIVATE_FILE);
        renameSync(temporary, kept);
      }
      const completions = formatCompletions([...records.values()]);
      // If killed between the two writes, adopted records without progress lines would look as if the user had removed
      // them; the mark tells the next load.
      replaceFile(mergeMark(this.paths), sha256(completions));
      replaceFile(this.paths.completions, completions);
      replaceFile(this.paths.progressFile, formatProgress([...commands.values()]));
      rmSync(mergeMark(this.paths), { force: true });
      if (attempts.length > 0) replaceFile(this.paths.attempts, formatAttempts(attempts));
      const leftOut = new Journals(this.paths).adopt(other.paths, {
        repository: this.owner.repository,
        evals: this.#knownEvals,
      });
      if (leftOut)
        this.#log.warning(
          `Some recorded responses of unfinished evals were not restored from the checkpoint: ${leftOut}. They are requested again.`,
          'Journals rejected',
        );
    });
    this.#records = new Map(records);
    this.#commands = new Map(commands);
    this.#removedByUser = new Map(merged.removed);
    this.#plan = merged.plan;
    this.#attempts = [...attempts];
  }

  /** Puts a copy of what a checkpoint holds into `target`. */
  snapshot(target: string): void {
    takeSnapshot(this.paths, target);
  }

  /** With the same outline there is nothing that an earlier snapshot of this state does not hold. */
  outline(): string {
    return outlineOf(this.paths);
  }

  /** With the same digest two states, of two machines say, hold the same. */
  digest(): string {
    return digestOf(this.paths);
  }

  #load(options: OpenOptions): void {
    const { paths, owner } = options;
    const now = this.#now;
    const reject = (path: string, why: string): void => {
      const target = quarantine(path, now(), options.rejectTo);
      this.#log.warning(
        `${path} is not used: ${why}. It was quarantined as ${target}, and that part of the state starts fresh. Delete the file when you no longer need it.`,
        'State quarantined',
      );
    };
    makeFolder(stateFolder(paths));
    let recordsLost = false;
    for (const [path, largest] of [
      [paths.progressFile, LARGEST_PROGRESS_FILE],
      [paths.live, DIRECTORY],
      [paths.resume, DIRECTORY],
      [paths.completions, LARGEST_COMPLETIONS],
      [paths.attempts, LARGEST_ATTEMPTS],
      [paths.plan, LARGEST_PLAN],
      [paths.logs, DIRECTORY],
      [paths.journal, DIRECTORY],
    ] as const) {
      const wrong = wrongKind(path, largest);
      if (wrong) reject(path, wrong);
      recordsLost ||= wrong !== undefined && path === paths.completions;
    }

    const planText = readText(paths.plan);
    if (planText !== undefined) {
      const plan = parseSavedPlan(planText);
      if ('reason' in plan) reject(paths.plan, plan.reason);
      else if (!sameOwner(plan.owner, owner)) this.#makeRoom(plan.owner, now());
      else this.#plan = plan;
    }

    const completionsText = readText(paths.completions) ?? '';
    const completions = parseCompletions(completionsText);
    if (completions.rejected) reject(paths.completions, completions.rejected);
    const foreign = completions.records.filter(({ run }) => run.repository !== owner.repository).length;
    if (foreign > 0)
      this.#log.warning(
        `${foreign} completion records in ${paths.completions} belong to another repository and are not used.`,
      );

    const progressText = readText(paths.progressFile);
    const progress = parseProgress(progressText ?? '', options.knownCommands);
    if (progress.rejected) reject(paths.progressFile, progress.rejected);
    const healed = healState({
      records: completions.records,
      lines: progressText === undefined ? undefined : progress.commands,
      repository: owner.repository,
      mergeWasInterrupted: readText(mergeMark(paths)) === sha256(completionsText),
      recordsWereLost: recordsLost || completions.rejected !== undefined,
      hasRecordFile: (evalKey) => existsSync(completedRecordFile(paths, evalKey)),
    });
    this.#commands = new Map(healed.commands);
    this.#records = new Map(healed.records);
    this.#removedByUser = new Map(healed.removed);
    const records = this.records;
    if (completions.needsRewrite || records.length !== completions.records.length) {
      replaceFile(paths.completions, formatCompletions(records));
    }
    const commands = this.commands;
    if (progressText !== undefined && formatProgress(commands) !== progressText) {
      replaceFile(paths.progressFile, formatProgress(commands));
    }
    rmSync(mergeMark(paths), { force: true });
    this.#loadAttempts(reject);
  }

  #loadAttempts(reject: (path: string, why: string) => void): void {
    const path = this.paths.attempts;
    const { records, rejected, isTorn } = parseAttempts(readText(path) ?? '');
    if (rejected) reject(path, rejected);
    this.#attempts = records.filter((record) => record.run.repository === this.owner.repository);
    if (rejected || isTorn || this.#attempts.length < records.length)
      replaceFile(path, formatAttempts(this.#attempts));
  }

  /** The state of another repository, or from before cache-key was changed, makes room for one of our own. */
  #makeRoom(theirs: Owner, now: Date): void {
    quarantineState(this.paths, now);
    const where = `What was in ${stateFolder(this.paths)} was quarantined and is not used`;
    if (theirs.repository === this.owner.repository && theirs.cacheKey !== this.owner.cacheKey) {
      this.#log.info(`The input cache-key has changed, so the eval set starts fresh. ${where}.`);
    } else {
      const whose = `repository ${theirs.repository || '(none)'}, ${theirs.model} on ${theirs.evalSet}`;
      this.#log.warning(`${where}: it belongs to another owner (${whose}).`, 'State quarantined');
    }
  }

  #facts(): StateFacts {
    return {
      commands: this.#commands,
      records: this.#records,
      removed: this.#removedByUser,
      plan: this.#plan,
    };
  }

  #writing(work: () => void): void {
    this.#revision += 1;
    try {
      work();
    } catch (error) {
      throw unwritable(this.paths.root, error);
    }
  }
}

/** Sets aside everything that is there, for a run that is to start fresh. Returns whether there was anything. */
export function quarantineState(paths: StatePaths, now = new Date()): boolean {
  const found = [paths.progressFile, paths.resume, paths.live].filter(lexists);
  for (const path of found) quarantine(path, now);
  return found.length > 0;
}

/** Empties the live directory: what is in it belonged to evals that did not end. */
export function clearInProgress(paths: StatePaths): void {
  rmSync(paths.live, { recursive: true, force: true });
}

/** There while a merge replaces first the completion records, then the progress file; holds the hash of the former. */
function mergeMark(paths: StatePaths): string {
  return join(paths.live, 'merge');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The text of a regular file; links are not followed, and nothing else is opened: a pipe would wait for its writer. */
function readText(path: string): string | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, 'utf8') : undefined;
}

function lexists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

const DIRECTORY = 'directory';

/** @param largest of a file, in bytes */
function wrongKind(path: string, largest: number | typeof DIRECTORY): string | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) return undefined;
  if (stats.isSymbolicLink()) return 'it is a symbolic link';
  if (largest === DIRECTORY) return stats.isDirectory() ? undefined : 'it is not a directory';
  if (!stats.isFile()) return 'it is not a regular file';
  return stats.size > largest ? 'it is too large to be a file of this action' : undefined;
}
