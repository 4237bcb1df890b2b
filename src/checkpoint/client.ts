import { setTimeout as sleep } from 'node:timers/promises';
import { isFeatureAvailable, restoreCache, saveCache } from '@actions/cache';
import { reasonOf } from '../errors.ts';
import { CHECKPOINT_PATH, type WorkerRequest, type WorkerResult } from './protocol.ts';

/** A new entry may take a moment to be found; the client itself does not retry a miss. */
const LOOK_UP_DELAYS_MS = [0, 1000, 2000];

/**
 * Does what is asked with GitHub's own client. It must run in a process of its own (see docs/adr/0002): the client reads
 * the environment and the working directory of the process, and prints why it failed instead of returning it.
 */
export async function serve(request: WorkerRequest): Promise<WorkerResult> {
  if (!isFeatureAvailable()) return { available: false };
  try {
    return await (request.operation === 'restore'
      ? restore(request.key, request.restoreKeys)
      : save(request.key));
  } catch (error) {
    return { available: true, operation: 'error', message: reasonOf(error) };
  }
}

async function restore(key: string, restoreKeys: readonly string[]): Promise<WorkerResult> {
  const found = await restoreCache([CHECKPOINT_PATH], key, [...restoreKeys]);
  return { available: true, operation: 'restore', ...(found === undefined ? {} : { key: found }) };
}

async function save(key: string): Promise<WorkerResult> {
  const id = await saveCache([CHECKPOINT_PATH], key);
  // The v1 client returns the id of the reservation also when the upload failed, so an id alone proves nothing.
  const found = id === -1 ? undefined : await lookUp(key);
  return { available: true, operation: 'save', id, ...(found === undefined ? {} : { found }) };
}

async function lookUp(key: string): Promise<string | undefined> {
  for (const delay of LOOK_UP_DELAYS_MS) {
    await sleep(delay);
    const found = await restoreCache([CHECKPOINT_PATH], key, [], { lookupOnly: true });
    if (found === key) return found;
  }
  return undefined;
}
