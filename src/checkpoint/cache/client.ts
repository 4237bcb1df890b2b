import { setTimeout as sleep } from 'node:timers/promises';
import { isFeatureAvailable, restoreCache, saveCache } from '@actions/cache';
import { reasonOf } from '../../errors.ts';
import { CHECKPOINT_PATH, type WorkerRequest, type WorkerResult } from './protocol.ts';

/** The service accepts no more in one request. */
const MAX_KEYS = 10;

/** A new entry may take a moment to appear. The client does not retry a miss. */
const LOOK_UP_DELAYS_MS = [0, 1000, 2000];

/**
 * Serves a request with GitHub's own client. It must run in a process of its own (docs/adr/0002), because the client reads
 * the environment and the working directory of the process, and prints the cause of a failure instead of returning it.
 */
export async function serve(request: WorkerRequest): Promise<WorkerResult> {
  if (!isFeatureAvailable()) return { available: false };
  try {
    switch (request.operation) {
      case 'restore':
        return await restore(request.key, request.restoreKeys);
      case 'look-up':
        return await lookUp(request.keys, request.except);
      case 'save':
        return await save(request.key);
    }
  } catch (error) {
    return { available: true, operation: 'error', message: reasonOf(error) };
  }
}

async function restore(key: string, restoreKeys: readonly string[]): Promise<WorkerResult> {
  const found = await restoreCache([CHECKPOINT_PATH], key, [...restoreKeys]);
  return { available: true, operation: 'restore', ...(found === undefined ? {} : { key: found }) };
}

/** Sends as many requests as the keys need. An entry in `except` does not hide what a later key finds. */
async function lookUp(keys: readonly string[], except: readonly string[]): Promise<WorkerResult> {
  let remaining = keys;
  while (remaining.length > 0) {
    const [first = '', ...rest] = remaining.slice(0, MAX_KEYS);
    const found = await restoreCache([CHECKPOINT_PATH], first, rest, { lookupOnly: true });
    if (found !== undefined && !except.includes(found))
      return { available: true, operation: 'look-up', key: found };
    const matching = remaining.findIndex((key) => found?.startsWith(key));
    remaining = remaining.slice(matching === -1 ? MAX_KEYS : matching + 1);
  }
  return { available: true, operation: 'look-up' };
}

async function save(key: string): Promise<WorkerResult> {
  const id = await saveCache([CHECKPOINT_PATH], key);
  // The v1 client returns the id of the reservation even if the upload failed, so an id alone proves nothing.
  const found = id === -1 ? undefined : await findNew(key);
  return { available: true, operation: 'save', id, ...(found === undefined ? {} : { found }) };
}

async function findNew(key: string): Promise<string | undefined> {
  for (const delay of LOOK_UP_DELAYS_MS) {
    await sleep(delay);
    const found = await restoreCache([CHECKPOINT_PATH], key, [], { lookupOnly: true });
    if (found === key) return found;
  }
  return undefined;
}
