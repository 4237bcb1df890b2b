import { existsSync } from 'node:fs';
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
