import { execFile } from 'node:child_process';
import { access, constants, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';

/**
 * A PATH on which `tar` (and `gtar`, which the client prefers on macOS) leaves out `-P`.
 *
 * The client unpacks with `-P`, which lets an archive write to absolute paths, above the directory with `..`, and
 * through links it brought along. Who can write to a repository's cache could thus write anywhere on the runner.
 * Without `-P`, GNU and BSD tar refuse all three.
 *
 * @param directory where the programs are put; must be on a file system that runs programs, or PATH stays as it is
 */
export async function pathWithSafeTar(path: string, directory: string): Promise<string> {
  await mkdir(directory);
  let safe = false;
  for (const name of ['tar', 'gtar']) {
    const tool = await which(name, path);
    if (!tool) continue;
    const program = join(directory, name);
    await writeFile(program, withoutAbsoluteNames(tool), { mode: 0o755 });
    const runs = await promisify(execFile)(program, ['--version'], { timeout: 10_000 }).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code !== 'EACCES',
    );
    if (!runs) return path;
    safe = true;
  }
  return safe ? `${directory}${delimiter}${path}` : path;
}

function withoutAbsoluteNames(tool: string): string {
  return `#!/bin/sh
left=$#
while [ "$left" -gt 0 ]; do
  argument=$1
  shift
  [ "$argument" = -P ] || set -- "$@" "$argument"
  left=$((left - 1))
done
exec '${tool.replaceAll("'", `'\\''`)}' "$@"
`;
}

async function which(name: string, path: string): Promise<string | undefined> {
  for (const directory of path.split(delimiter).filter(isAbsolute)) {
    const tool = join(directory, name);
    const found = await access(tool, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return tool;
  }
  return undefined;
}
