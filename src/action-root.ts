import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The directory of the action itself, the nearest one above this file that holds `action.yml`: the same from `src/` in a
 * checkout and from `dist/<entry>/`. Not a `new URL(…)`, which the bundler would rewrite.
 */
export function actionRoot(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, 'action.yml')) && dirname(directory) !== directory)
    directory = dirname(directory);
  return directory;
}

/** The version of the action. It is read when it is asked for, because a bundle is older than the release that it belongs to. */
export function actionVersion(): string {
  const { version } = JSON.parse(readFileSync(join(actionRoot(), 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}
