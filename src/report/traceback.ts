/** Shortens Python tracebacks to the frames that a reader can do something about. Pure. */
import { isOfApiClient, isUsersFile } from '../model/python-code.ts';

const HEAD = /Traceback \(most recent call last\):\s*$/;
const FRAME = /^\s+File "(.*)", line \d+/;

/** Frames that start every eval, of the action, of evals' command line, and of Python's pools of threads and processes. */
const OF_THE_MACHINERY =
  /\/oaievalset_action\/|\/evals\/(?:cli\/oaieval|eval)\.py$|\/bin\/oaieval$|\/multiprocessing\/|\/concurrent\/futures\/|\/threading\.py$|\/tqdm\/|^<frozen /;

/**
 * The lines without the frames of the machinery. A traceback that has only such frames stays whole, unless an API client raised
 * the exception: of that one, only frames of the user's own code are shown.
 *
 * @param seen the tracebacks that were shown before; one that occurs again is not shown again
 */
export function shortTracebacks(lines: readonly string[], seen = new Set<string>()): string[] {
  const shown: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    at += 1;
    if (!HEAD.test(line)) {
      shown.push(line);
      continue;
    }
    const end = endOfFrames(lines, at);
    const isOfClient = isOfApiClient(lines[end] ?? '');
    const frames = framesThat(isOfClient ? isUsersFile : isNoMachinery, lines.slice(at, end));
    const kept = frames.length > 0 || isOfClient ? frames : lines.slice(at, end);
    // Nothing is left of a traceback of a client. Of one that is cut off, only the head is there.
    if (kept.length === 0) shown.push(...(isOfClient ? [] : [line]));
    else shown.push(...once(line, kept, lines[end] ?? '', seen));
    at = end;
  }
  return shown;
}

/** @param exception the line that follows the frames */
function once(
  head: string,
  frames: readonly string[],
  exception: string,
  seen: Set<string>,
): readonly string[] {
  const identity = [...frames, exception].join('\n');
  if (seen.has(identity)) return [`${head.trimEnd()} (the same as above)`];
  seen.add(identity);
  return [head, ...frames];
}

function endOfFrames(lines: readonly string[], start: number): number {
  let end = start;
  while (/^\s/.test(lines[end] ?? '')) end += 1;
  return end;
}

function isNoMachinery(file: string): boolean {
  return !OF_THE_MACHINERY.test(file);
}

/** Frames with their source lines. */
function framesThat(isKept: (file: string) => boolean, lines: readonly string[]): readonly string[] {
  let keeps = true;
  return lines.filter((line) => {
    const [, file] = FRAME.exec(line) ?? [];
    if (file !== undefined) keeps = isKept(file);
    return keeps;
  });
}
