/** What a state directory has of an eval set, by the names of its files. Nothing is read: others may have made them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Owner } from '../model/owner.ts';
import { entriesOf } from './directories.ts';
import { isShardDirectory, type StatePaths } from './paths.ts';
import { isQuarantined } from './quarantine.ts';

export interface StatesOnMachine {
  /** Whether there is a progress file of the model and the eval set. */
  readonly hasState: boolean;
  /** Other models that have a progress file of the eval set. */
  readonly otherModels: readonly string[];
}

/** More entries do not help a reader. */
const MAX_ENTRIES = 1000;

export function statesOnMachine(paths: StatePaths, { model, evalSet }: Owner): StatesOnMachine {
  const ending = `.${evalSet}.progress.txt`;
  const found = [...progressFiles(paths.root), ...directoriesOfModels(paths.root)];
  const models = found.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length));
  return {
    hasState: existsSync(paths.progressFile),
    otherModels: models.filter((name) => name !== '' && name !== model),
  };
}

function progressFiles(directory: string, prefix = ''): string[] {
  try {
    const names = entriesOf(directory, MAX_ENTRIES, (entry) => entry.isFile() && !isQuarantined(entry.name));
    return names.sort().map((name) => prefix + name);
  } catch {
    return [];
  }
}

/** The progress files of models with `/` in their names are in directories. */
function directoriesOfModels(root: string): string[] {
  try {
    const isOfModel = (name: string) =>
      !/\.(resume|live)$/.test(name) && !isQuarantined(name) && !isShardDirectory(name);
    const names = entriesOf(root, MAX_ENTRIES, (entry) => entry.isDirectory() && isOfModel(entry.name));
    return names.sort().flatMap((name) => progressFiles(join(root, name), `${name}/`));
  } catch {
    return [];
  }
}
