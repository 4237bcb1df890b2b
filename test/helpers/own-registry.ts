/** The files of docs/own-registry.md, which people copy. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../..');

/** The files that the page shows, by their path, and the paths of the tree at its beginning. */
export function documentedRegistry(): {
  readonly files: ReadonlyMap<string, string>;
  readonly tree: string[];
} {
  const page = readFileSync(join(root, 'docs/own-registry.md'), 'utf8');
  const blocks = [...page.matchAll(/^\*\*`([^`]+)`\*\*\n\n```\w+\n([\s\S]*?)^```/gm)];
  const tree = /```\n(\.github[\s\S]*?)```/.exec(page)?.[1] ?? '';
  return {
    files: new Map(blocks.map(([, path = '', text = '']) => [path, text])),
    tree: tree
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0] ?? ''),
  };
}

export function writeFiles(directory: string, files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface DocumentedStep {
  readonly inputs: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

/** The step of this action in the job `evals` of a workflow, without the installation of evals, which tests share. */
export function stepOf(workflow: string): DocumentedStep {
  const { jobs } = parse(workflow) as { jobs: { evals: { steps: readonly Step[] } } };
  const step = jobs.evals.steps.find(({ uses = '' }) => uses.startsWith('oaievalset-action/'));
  if (!step) throw new Error('The workflow has no step of this action.');
  const { 'evals-version': version, ...inputs } = step.with ?? {};
  if (version === undefined) throw new Error('The step does not install evals.');
  return { inputs, env: step.env ?? {} };
}
