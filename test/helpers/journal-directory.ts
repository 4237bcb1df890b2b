/** Journals of the eval `a.dev.v0`, in state directories of their own. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiResponse } from '../../src/model/api-response.ts';
import { Journal, type JournalOwner } from '../../src/progress/journal.ts';
import { type StatePaths, statePaths } from '../../src/progress/paths.ts';
import { sha256, temporaryDirectory } from './builders.ts';

export const journalOwner: JournalOwner = {
  eval: 'a.dev.v0',
  repository: 'o/r',
  fingerprint: sha256('content'),
  parts: { samples: sha256('samples') },
};

const usage = { prompt: 9, completion: 3, cached: 1, reasoning: 2 };

export function response(text: string | Buffer): ApiResponse {
  return { status: 200, type: 'application/json', body: Buffer.from(text), usage };
}

export const newPaths = (): StatePaths => statePaths(temporaryDirectory(), 'gpt-4', 'set');

/** The directory of sealed segments. */
export const sealedIn = (paths: StatePaths): string => join(paths.journal, journalOwner.eval);

export const sealedNames = (paths: StatePaths): string[] => readdirSync(sealedIn(paths)).sort();

export const segmentPath = (paths: StatePaths, number = 1): string =>
  join(sealedIn(paths), `${number}.jsonl`);

export function opened(paths: StatePaths, owner = journalOwner): Journal {
  return Journal.open(paths, owner).journal;
}

/** Seals a segment in which each of these texts is the response to a request with the hash of the text as its key. */
export function record(paths: StatePaths, texts: readonly string[], owner = journalOwner): void {
  const journal = opened(paths, owner);
  for (const text of texts) journal.append(sha256(text), 0, response(text));
  journal.seal();
  journal.close();
}

/** The key of the one request to which `respond` records responses. */
export const REQUEST = sha256('request');

/** Seals a segment in which this text is the response to `REQUEST`. */
export function respond(paths: StatePaths, text: string, owner = journalOwner): void {
  const journal = opened(paths, owner);
  journal.append(REQUEST, 0, response(text));
  journal.seal();
  journal.close();
}

/** The response to `REQUEST` that a newly opened journal replays. */
export function replayed(paths: StatePaths): string | undefined {
  return opened(paths).find(REQUEST, 0)?.body.toString();
}
