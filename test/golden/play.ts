/** Plays a scenario, and reads and writes what is committed of it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { evalsPython } from '../helpers/evals-venv.ts';
import type { Scenario } from './scenario.ts';
import { comparableSteps, type GoldenTexts, goldenTexts, type TextName } from './shown/texts.ts';
import type { ShownStep } from './shown/transcript.ts';
import { Stage } from './stage.ts';

export const RUNS: string = join(import.meta.dirname, 'runs');

export interface PlayedScenario {
  readonly steps: readonly ShownStep[];
  readonly texts: GoldenTexts;
}

export async function playScenario(scenario: Scenario): Promise<PlayedScenario> {
  const works: (() => void | Promise<void>)[] = [];
  const python = await evalsPython();
  try {
    const played = await scenario.play(new Stage({ onTestFinished: (work) => works.push(work) }, python));
    const steps = comparableSteps(played, python, scenario);
    return { steps, texts: goldenTexts(steps) };
  } finally {
    for (const work of works.reverse()) await work();
  }
}

export const directoryOf = ({ name }: Scenario): string => join(RUNS, name);

/** The texts that are committed. A text that is missing is empty. */
export function committedTexts(scenario: Scenario): GoldenTexts {
  const read = (name: TextName): string => {
    const path = join(directoryOf(scenario), name);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };
  return {
    'log.txt': read('log.txt'),
    'annotations.txt': read('annotations.txt'),
    'summary.md': read('summary.md'),
  };
}

export function writeTexts(scenario: Scenario, texts: GoldenTexts): void {
  mkdirSync(directoryOf(scenario), { recursive: true });
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(directoryOf(scenario), name), text);
}
