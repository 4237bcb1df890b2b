import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Who removes what was made: the context of a test, or anything that keeps the work for later. */
export interface Cleanup {
  readonly onTestFinished: (work: () => void | Promise<void>) => void;
}

/**
 * A new directory that is removed when the test ends. Its path holds no links, as a runner's.
 * @param cleanup the context of the test. A concurrent test has to pass it; others may leave it out
 */
export function temporaryDirectory(cleanup: Cleanup = { onTestFinished }): string {
  const path = mkdtempSync(join(realpathSync(tmpdir()), 'oaievalset-test-'));
  cleanup.onTestFinished(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }));
  return path;
}
