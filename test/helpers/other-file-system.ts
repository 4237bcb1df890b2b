import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A directory on another file system than that of `temporaryDirectory`. Skips the test where there is only one. */
export function directoryElsewhere(skip: (condition: boolean, note: string) => void): string {
  const memory = '/dev/shm';
  const hasOther = existsSync(memory) && statSync(memory).dev !== statSync(tmpdir()).dev;
  skip(!hasOther, 'there is only one file system');
  const directory = mkdtempSync(join(memory, 'oaievalset-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
