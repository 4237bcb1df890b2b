import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { actionRoot } from '../../action-root.ts';

/** What is built for the page. Each report has both inside, so that it is one file. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

/** Where `scripts/build.ts` writes them, from the action's own directory. */
const PAGE_DIRECTORY = 'dist/report';

export function readPageAssets(): PageAssets {
  const read = (name: string) => readFileSync(join(actionRoot(), PAGE_DIRECTORY, name), 'utf8');
  return { script: read('page.js'), style: read('page.css') };
}
