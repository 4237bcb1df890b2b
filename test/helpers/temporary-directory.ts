import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';

/** Registers work to do at the end of a test: the context of the test, or an object that collects the work. */
export interface Cleanup {
  readonly onTestFinished: (work: () => void | Promise<void>) => void;
}

/** Does the registered work after all tests of the file or of the surrounding `describe`, the latest first. */
export function cleanupAfterAll(): Cleanup {
  const works: (() => void | Promise<void>)[] = [];
  afterAll(async () => {
    for (const work of works.reverse()) await work();
  });
  return { onTestFinished: (work) => works.push(work) };
}

/**
 * Makes a directory that is removed when the test ends. Like the paths of a runner, its path contains no links.
 * @param cleanup the context of the test, which only concurrent tests need to pass
 */
export function temporaryDirectory(cleanup: Cleanup = { onTestFinished }): string {
  const path = mkdtempSync(join(realpathSync(tmpdir()), 'oaievalset-test-'));
  cleanup.onTestFinished(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }));
  return path;
}
