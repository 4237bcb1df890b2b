import { basename } from 'node:path';
import { guardStarts } from '../../process/leader.ts';
import { toolEnvironment } from '../cache/child-environment.ts';

/**
 * From here on every program that this process starts sees only the environment of a tool, and every tar is one that an
 * archive cannot mislead. To be called by the cache worker, whose client offers no other way in.
 *
 * A script on the PATH in place of tar would have to be written first, and what this process has just written it cannot
 * always execute: a child that is forked meanwhile holds the file open for writing until it is a program of its own (ETXTBSY).
 */
export function guardTools(): void {
  guardStarts((program, { args, env }) => ({
    args: safeArguments(program, args),
    env: toolEnvironment(env),
  }));
}

/**
 * The client unpacks with `-P`, which lets an archive write to absolute paths, above the directory with `..`, and through
 * links it brought along. Who can write to a repository's cache could thus write anywhere on the runner. Without `-P`, GNU
 * and BSD tar refuse all three. Owners and permissions of the archive are those of another machine, which tar keeps for root.
 */
export function safeArguments(file: string, args: readonly string[]): readonly string[] {
  if (!/^g?tar$/.test(basename(file))) return args;
  const kept = args.filter((argument) => argument !== '-P');
  return kept.includes('-xf') ? [...kept, ...AS_OURS] : kept;
}

/** Unpacked files belong to who unpacks them, with the permissions that its umask leaves. */
export const AS_OURS = ['--no-same-owner', '--no-same-permissions'];
