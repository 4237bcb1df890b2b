/** Reads the inputs that are paths of directories. They are only looked at; nothing is created. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { mostSimilar } from '../../model/similar-names.ts';
import { isDirectory, isThere, namesIn, whyNoDirectory, whyNoNewDirectory } from '../../path-faults.ts';
import { invalid, text } from './text.ts';

/** Why a path cannot be used, as a clause, and what to do about it, as a sentence. */
export interface PathFault {
  readonly why: string;
  readonly next: string;
}

/** A shell would replace `~`, and other actions do. */
export function withHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
}

/** The absolute path that an input names: a relative one starts at working-directory, also when that is wrong. */
export function fromWorkingDirectory(path: string): string {
  return resolve(withHome(text('working-directory') || '.'), withHome(path));
}

/** Absolute. */
export function workingDirectoryInput(): string {
  const value = text('working-directory') || '.';
  const path = resolve(withHome(value));
  const wrong = directoryFault(withHome(value), process.cwd());
  if (wrong === undefined) return path;
  const next = wrong.next ?? 'Set working-directory to a directory of the checkout.';
  throw invalid('working-directory', value, wrong.why, next);
}

/** Absolute. The directory need not exist. */
export function stateDirectoryInput(): string {
  const value = text('state-directory') || '/tmp/oaievalset';
  const path = resolve(withHome(value));
  const wrong = whyNoNewDirectory(path);
  if (wrong === undefined) return path;
  const next = 'Set state-directory to a directory that this job can create or write to.';
  throw invalid('state-directory', value, wrong, next);
}

/**
 * Undefined if there is nothing wrong with the directory.
 * @param base the directory where a relative path starts
 * @returns without a next step when nothing shows what was meant
 */
export function directoryFault(
  value: string,
  base: string,
): (Omit<PathFault, 'next'> & { next?: string }) | undefined {
  const path = resolve(base, value);
  const why = whyNoDirectory(path);
  if (why === undefined || isThere(path)) return why === undefined ? undefined : { why };
  const slashes = value.replaceAll('\\', '/');
  if (slashes !== value && isThere(resolve(base, slashes))) return { why, next: `Write it as ${slashes}.` };
  const parts = value.split(/[,;:\s]+/).filter((part) => part !== '');
  if (parts.length > 1 && parts.every((part) => isThere(resolve(base, part))))
    return { why, next: 'Write one path per line.' };
  const similar = similarPath(value, base);
  if (similar) return { why: `${why} (did you mean ${similar}?)`, next: 'Correct the path.' };
  const workspace = process.env.GITHUB_WORKSPACE;
  return workspace && path.startsWith(workspace) && namesIn(workspace).length === 0
    ? { why, next: 'The workspace is empty: add a step with actions/checkout before this one.' }
    : { why };
}

/** The path with its first part that does not exist replaced by a similar one, if that makes it a directory. */
function similarPath(value: string, base: string): string | undefined {
  const parts = value.split('/');
  const until = (end: number) =>
    resolve(base, parts.slice(0, end).join('/') || (value.startsWith('/') ? '/' : '.'));
  const wrong = parts.findIndex((_, index) => !isThere(until(index + 1)));
  const directories = namesIn(until(wrong)).filter((name) => isDirectory(join(until(wrong), name)));
  const similar = mostSimilar(parts[wrong] ?? '', directories);
  if (similar === undefined) return undefined;
  const whole = parts.with(wrong, similar).join('/');
  return isDirectory(resolve(base, whole)) ? whole : undefined;
}
