/** Reads the input `registry-path`. */
import { basename, dirname, join, resolve, sep } from 'node:path';
import { ActionError, oneError } from '../../errors.ts';
import { isDirectory, namesIn } from '../../path-faults.ts';
import { directoryFault, type PathFault, withHome } from './directories.ts';
import { invalid, lines } from './text.ts';

/**
 * The paths as the user wrote them.
 * @param base the directory where relative paths start; undefined when it is not known, so that nothing can be checked
 * @throws ActionError INPUT_INVALID, which names every wrong line
 */
export function registryPathsInput(base: string | undefined): string[] {
  const paths = lines('registry-path').map(withHome);
  if (base === undefined) return paths;
  const problems = paths.flatMap((path) => {
    const fault = registryFault(path, base);
    return fault ? [wrongLine(path, paths.length, fault)] : [];
  });
  if (problems.length > 0) throw oneError(problems);
  return paths;
}

function wrongLine(line: string, count: number, { why, next }: PathFault): ActionError {
  if (count === 1) return invalid('registry-path', line, why, next);
  const message = `The input registry-path has the line ${JSON.stringify(line)}: ${why}.`;
  return new ActionError('INPUT_INVALID', message, next);
}

const A_REGISTRY =
  'Set registry-path to a directory that contains a directory evals or eval_sets. A relative path starts at working-directory.';

function registryFault(value: string, base: string): PathFault | undefined {
  const path = resolve(base, value);
  const fault = directoryFault(value, base);
  const around = registryAround(path);
  const outer = around && `Set registry-path to ${shownAs(around, value, base)}.`;
  if (fault) return { why: fault.why, next: fault.next ?? outer ?? A_REGISTRY };
  if (isRegistry(path)) return undefined;
  if (outer) return { why: 'it is too deep: a directory inside a registry', next: outer };
  const inside = namesIn(path).filter((name) => isRegistry(join(path, name)));
  const [inner] = inside;
  // A registry may be empty until an earlier step fills it.
  return inner && inside.length === 1
    ? {
        why: `it is no registry, but its directory ${inner} is one`,
        next: `Set registry-path to ${join(value, inner)}.`,
      }
    : undefined;
}

/** The directories that evals reads (`evals/registry.py`, `Registry._load_registry`). */
const KINDS = ['evals', 'eval_sets', 'completion_fns', 'solvers', 'modelgraded'];
const DATA = 'data';

function isRegistry(path: string): boolean {
  return KINDS.some((kind) => isDirectory(join(path, kind)));
}

/** The registry that the path is inside of. */
function registryAround(path: string): string | undefined {
  for (let at = path; dirname(at) !== at; at = dirname(at))
    if ([...KINDS, DATA].includes(basename(at)) && isRegistry(dirname(at))) return dirname(at);
  return undefined;
}

/** A directory around the user's path, written as the user's path is: relative or absolute. */
function shownAs(directory: string, value: string, base: string): string {
  if (value.startsWith('/')) return directory;
  const levels = resolve(base, value).slice(directory.length).split(sep).length - 1;
  const path = join(value, ...Array<string>(levels).fill('..'));
  // Before a full stop, `.` could not be read.
  return path.endsWith('.') ? `${path}/` : path;
}
