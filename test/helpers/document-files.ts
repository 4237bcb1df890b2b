/** The files in a document: code blocks below a line with nothing but the path in backticks. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FILE = /^`([\w.-]+(?:\/[\w.-]+)+)`\n\n```\w+\n([\s\S]*?)^```$/gm;

/** @param document a path relative to the repository @returns the contents, by path */
export function filesIn(document: string): ReadonlyMap<string, string> {
  const text = readFileSync(join(import.meta.dirname, '../..', document), 'utf8');
  return new Map([...text.matchAll(FILE)].map(([, path = '', content = '']) => [path, content]));
}

export function writeFiles(directory: string, files: ReadonlyMap<string, string>): void {
  for (const [name, content] of files) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}
