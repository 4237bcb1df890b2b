import { closeSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** The file is there only when it is complete. */
export function writeWholeFile(path: string, chunks: Iterable<string>): void {
  const temporary = `${path}.tmp`;
  // An existing file is left over from a run that was killed. 'wx' does not follow a link.
  rmSync(temporary, { force: true });
  try {
    const file = openSync(temporary, 'wx');
    try {
      for (const chunk of chunks) writeFileSync(file, chunk);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
