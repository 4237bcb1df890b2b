/**
 * The state of one (model, eval set): which evals are completed, as `oaievalset` records it (the progress file) and as this
 * action records it (the completion records). Everything here relies on the order of writes in
 * docs/adr/0003-record-then-line.md.
 */
import { chmodSync, existsSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Log } from '../log.ts';
import type { AttemptRecord } from '../model/attempt-record.ts';
import { type Command, commandId, formatCommand } from '../model/command.ts';
import type { CompletionRecord } from '../model/completion-record.ts';
import type { Owner } from '../model/owner.ts';
import type { SavedPlan } from '../model/plan.ts';
import type { RunFacts } from '../model/run-facts.ts';
import { adoptRecorded } from './adopt-recorded.ts';
import { AttemptLog } from './attempt-log.ts';
import { formatCompletions, formatRecord } from './completions-file.ts';
import { makeDirectory, PRIVATE_FILE } from './directories.ts';
import { appendLine, replaceFile } from './durable.ts';
import { LinesToWrite } from './lines-to-write.ts';
import { type LoadedState, loadState, type OpenOptions } from './load-state.ts';
import { adoptRecordFiles, replaceMerged } from './merge-files.ts';
import { mergeStates, type StateFacts, withoutEvals } from './merge-states.ts';
import { completedRecordFile, type StatePaths } from './paths.ts';
import { formatProgress } from './progress-file.ts';
import { formatRunFacts } from './run-facts-file.ts';
import { outlineOf, takeSnapshot } from './snapshot.ts';
import { unwritable } from './unwritable.ts';

export type { OpenOptions } from './load-state.ts';

export class State {
  readonly paths: StatePaths;
  readonly owner: Owner;
  readonly #log: Log;
  readonly #now: () => Date;
  /** Keys of the evals of the current plan; undefined when there is no plan yet. */
  readonly #knownEvals: readonly string[] | undefined;
  readonly #elsewhere: ReadonlySet<string>;
  readonly #attempts: AttemptLog;
  readonly #linesToWrite: LinesToWrite;
  // All three maps are by the id of the command.
  #commands: Map<string, Command>;
  #records: Map<string, CompletionRecord>;
  #removedByUser: ReadonlyMap<string, CompletionRecord>;
  #plan: SavedPlan | undefined;
  #runFacts: RunFacts | undefined;
  #revision = 0;

  private constructor(options: OpenOptions, loaded: LoadedState) {
    this.paths = options.paths;
    this.owner = options.owner;
    this.#log = options.log;
    this.#now = options.now ?? (() => new Date());
    this.#knownEvals = options.knownCommands?.flatMap(([, , key]) => key ?? []);
    this.#elsewhere = new Set(options.elsewhere);
    this.#attempts = new AttemptLog(this.paths.attempts, loaded.attempts);
    this.#linesToWrite = new LinesToWrite(this.paths);
    this.#commands = new Map(loaded.commands);
    this.#records = new Map(loaded.records);
    this.#removedByUser = loaded.removed;
    this.#plan = loaded.plan;
    this.#runFacts = loaded.runFacts;
  }

  /**
   * Reads and heals the state, and quarantines invalid files.
   * @throws ActionError STATE_UNWRITABLE when the state directory cannot be read or written
   */
  static open(options: OpenOptions): State {
    try {
      return new State(options, loadState(options));
    } catch (error) {
      throw unwritable(options.paths.root, error);
    }
  }

  get plan(): SavedPlan | undefined {
    return this.#plan;
  }

  /** What the last run is; undefined when no run began, or an earlier version of the action ran. */
  get runFacts(): RunFacts | undefined {
    return this.#runFacts;
  }

  /** Grows with every change of this object. */
  get revision(): number {
    return this.#revision;
  }

  /** Attempts of this repository that ended since the last run began, in the order in which they ended. */
  get attempts(): readonly AttemptRecord[] {
    return this.#attempts.records;
  }

  get commands(): readonly Command[] {
    return [...this.#commands.values()];
  }

  get records(): readonly CompletionRecord[] {
    return [...this.#records.values()];
  }

  /** Whether the progress file has a line of the command. */
  isDone(command: Command): boolean {
    return this.#commands.has(commandId(command));
  }

  record(command: Command): CompletionRecord | undefined {
    return this.#records.get(commandId(command));
  }

  /** Whether the command was completed and the user removed its line from the progress file, so that it runs again. */
  wasRemoved(command: Command): boolean {
    return this.#removedByUser.has(commandId(command));
  }

  /**
   * Records a completed eval: first the record file, then the completion record, then the progress line. Only the line makes
   * the eval completed. A mark on disk says that the line is being written.
   */
  complete(record: CompletionRecord, recordFile?: string): void {
    this.#write(() => {
      if (recordFile) this.#storeRecordFile(recordFile, record.eval);
      if (!existsSync(this.paths.progressFile)) replaceFile(this.paths.progressFile, '');
      const id = commandId(record.argv);
      const hasLine = this.#commands.has(id);
      this.#linesToWrite.around(hasLine ? [] : [record.argv], () => {
        appendLine(this.paths.completions, formatRecord(record));
        if (!hasLine) appendLine(this.paths.progressFile, formatCommand(record.argv));
      });
      this.#commands.set(id, record.argv);
      this.#records.delete(id);
      this.#records.set(id, record);
    });
  }

  /** Removes evals that must run again: first their progress lines, then their completion records. */
  forget(commands: readonly Command[]): void {
    const ids = commands.map(commandId).filter((id) => this.#commands.has(id) || this.#records.has(id));
    if (ids.length === 0) return;
    this.#write(() => {
      for (const id of ids) this.#commands.delete(id);
      replaceFile(this.paths.progressFile, formatProgress(this.commands));
      for (const id of ids) this.#records.delete(id);
      replaceFile(this.paths.completions, formatCompletions(this.records));
    });
  }

  /** Replaces records of earlier versions of the action by the same results in the form of this version. */
  renew(records: readonly CompletionRecord[]): void {
    const renewed = records.filter((record) => this.#records.has(commandId(record.argv)));
    if (renewed.length === 0) return;
    this.#write(() => {
      for (const record of renewed) this.#records.set(commandId(record.argv), record);
      replaceFile(this.paths.completions, formatCompletions(this.records));
    });
  }

  /** Removes the attempts of earlier runs, and says what this run is. A run calls it once, before its first eval. */
  beginRun(facts: RunFacts): void {
    this.#write(() => {
      if (this.#attempts.exists) this.#attempts.clear();
      replaceFile(
        this.paths.runFacts,
        formatRunFacts(facts, (text) => this.#log.redact(text)),
      );
    });
    this.#runFacts = facts;
  }

  /** Records an attempt that has ended. */
  recordAttempt(record: AttemptRecord): void {
    this.#write(() => this.#attempts.append(record, (text) => this.#log.redact(text)));
  }

  savePlan(plan: SavedPlan): void {
    this.#write(() => replaceFile(this.paths.plan, `${JSON.stringify(plan)}\n`));
    this.#plan = plan;
  }

  /** Merges other states of the same owner into this one (see `mergeStates`), with their record files, journals and attempts. */
  merge(...others: readonly State[]): void {
    const theirs = others.map((other) => withoutEvals(other.#facts(), this.#elsewhere));
    const merged = mergeStates([this.#facts(), ...theirs], this.#now());
    this.#write(() => {
      for (const other of others)
        adoptRecordFiles(this.#evalsToAdopt(merged, other), other.paths, this.paths);
      const records = [...merged.records.values()];
      const commands = [...merged.commands.values()];
      const lineless = [...merged.records].flatMap(([id, { argv }]) =>
        this.#commands.has(id) ? [] : [argv],
      );
      replaceMerged(this.paths, { records, commands, lineless }, this.#linesToWrite);
      this.#attempts.merge(others.map((other) => other.#attempts));
      for (const other of others) this.#adoptRecorded(other.paths);
    });
    this.#records = new Map(merged.records);
    this.#commands = new Map(merged.commands);
    this.#removedByUser = merged.removed;
    this.#plan = merged.plan;
  }

  /** Puts a copy of what belongs into a checkpoint into `target`. */
  snapshot(target: string): void {
    takeSnapshot(this.paths, target);
  }

  /** Changes when the content of a snapshot changes. */
  outline(): string {
    return outlineOf(this.paths);
  }

  /** The evals whose merged record comes from the other state. */
  #evalsToAdopt(merged: StateFacts, other: State): string[] {
    const own = [...other.#records].filter(
      ([id, record]) => merged.records.get(id) === record && record !== this.#records.get(id),
    );
    return own.map(([, record]) => record.eval);
  }

  #facts(): StateFacts {
    return {
      commands: this.#commands,
      records: this.#records,
      removed: this.#removedByUser,
      plan: this.#plan,
    };
  }

  #storeRecordFile(path: string, evalKey: string): void {
    const target = completedRecordFile(this.paths, evalKey);
    makeDirectory(dirname(target));
    renameSync(path, target);
    chmodSync(target, PRIVATE_FILE);
  }

  #adoptRecorded(from: StatePaths): void {
    adoptRecorded(from, this.paths, {
      repository: this.owner.repository,
      known: this.#knownEvals,
      elsewhere: this.#elsewhere,
      log: this.#log,
      now: this.#now(),
    });
  }

  #write(work: () => void): void {
    this.#revision += 1;
    try {
      work();
    } catch (error) {
      throw unwritable(this.paths.root, error);
    }
  }
}

/** Empties the live directory after its journals were sealed: the rest belongs to evals that did not complete. */
export function clearInProgress(paths: StatePaths): void {
  rmSync(paths.live, { recursive: true, force: true });
}
