/** Writes test/golden/README.md, which GitHub shows as a gallery. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { directoryOf } from './play.ts';
import type { Scenario } from './scenario.ts';

const README = join(import.meta.dirname, 'README.md');
const GALLERY = '<!-- The gallery: npm run golden -->';

/** Replaces what follows the mark. */
export function writeGallery(scenarios: readonly Scenario[]): void {
  const [text = ''] = readFileSync(README, 'utf8').split(GALLERY);
  writeFileSync(README, `${text}${GALLERY}\n\n${gallery(scenarios)}`);
}

function gallery(scenarios: readonly Scenario[]): string {
  const contents = scenarios.map(({ name, title }) => `- [${title}](#${name})`);
  return `${[...contents, ...scenarios.map(section)].join('\n')}\n`;
}

function section(scenario: Scenario): string {
  const { name, title } = scenario;
  const files = ['log.txt', 'annotations.txt', 'summary.md'].map((file) => `[${file}](runs/${name}/${file})`);
  const picture = existsSync(join(directoryOf(scenario), 'picture.png'))
    ? [`![${title}](runs/${name}/picture.png)`, '']
    : [];
  return ['', `## ${name}`, '', `${title}: ${files.join(', ')}`, '', ...picture].join('\n').trimEnd();
}
