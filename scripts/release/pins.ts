/**
 * The version of the action in the examples that users copy. They name a release, not a branch and not `v1`: an immutable release
 * cannot be moved, and its tag says what it is. A commit cannot contain its own SHA, so the tag is the most that it can name.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** `oaievalset-action/oaievalset-action/comment@v1.2.3`, and the comment after a SHA. */
const PIN = /\b(oaievalset-action\/oaievalset-action(?:\/[\w-]+)*)@([\w.-]*\w)([ \t]+# v[\d.]+)?/g;

export interface Pin {
  /** Starts at 1. */
  readonly line: number;
  /** `oaievalset-action/oaievalset-action@v1` */
  readonly text: string;
}

/** The examples that name something else than the tag. */
export function otherPins(document: string, tag: string): Pin[] {
  return document
    .split('\n')
    .flatMap((line, index) =>
      [...line.matchAll(PIN)].flatMap(([text, , ref, comment]) =>
        ref === tag && comment === undefined ? [] : [{ line: index + 1, text }],
      ),
    );
}

export function pinTo(document: string, tag: string): string {
  return document.replace(PIN, `$1@${tag}`);
}

/** The files from which users copy examples. CHANGELOG.md is not one of them, because it describes the past. */
export function documentsOf(root: string): string[] {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:md|ya?ml)$/.test(name))
    .map((name) => `docs/${name}`);
  return ['README.md', ...docs.sort()];
}
