import { basename } from 'node:path';
import { guardStarts } from '../../process/leader.ts';
import { toolEnvironment } from '../cache/child-environment.ts';

/**
 * From here on every program that this process starts gets only the environment of a tool, and every tar gets safe
 * arguments. The cache worker calls it, because its client offers no other way to change them.
 *
 * A script in place of tar on the PATH would not always work: a child that is forked while the script is written keeps the
 * file open for writing, and until it executes its own program the system refuses to execute the script (ETXTBSY).
 */
export function guardTools(): void {
  guardStarts((program, { args, env }) => ({
    args: safeArguments(program, args),
    env: toolEnvironment(env),
  }));
}

/**
 * The client unpacks with `-P`, which lets an archive write to absolute paths, above the directory with `..`, and through
 * links in the archive. Everyone who can write to a repository's cache could write anywhere on the runner. Without `-P`, GNU
 * and BSD tar refuse all three. tar run by root would also restore owners and permissions of another machine.
 */
export function safeArguments(file: string, args: readonly string[]): readonly string[] {
  if (!/^g?tar$/.test(basename(file))) return args;
  const safe = args.filter((argument) => argument !== '-P');
  return safe.includes('-xf') ? [...safe, ...AS_OURS] : safe;
}

/** Unpacked files belong to the user of this process, with the permissions of its umask. */
export const AS_OURS = ['--no-same-owner', '--no-same-permissions'];
