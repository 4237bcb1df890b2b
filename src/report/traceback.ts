/** Shortens Python tracebacks to the frames that a reader can do something about. Pure. */

const HEAD = /Traceback \(most recent call last\):\s*$/;
const FRAME = /^\s+File "(.*)", line \d+/;

/** Frames that start every eval, of the action, of evals' command line, and of Python's pools of threads and processes. */
const OF_THE_MACHINERY =
  /\/oaievalset_action\/|\/evals\/(?:cli\/oaieval|eval)\.py$|\/bin\/oaieval$|\/multiprocessing\/|\/concurrent\/futures\/|\/threading\.py$|\/tqdm\/|^<frozen /;

/** The lines without the frames of the machinery. A traceback that has only such frames stays whole. */
export function shortTracebacks(lines: readonly string[]): string[] {
  const shown: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    shown.push(line);
    at += 1;
    if (!HEAD.test(line)) continue;
    const end = endOfFrames(lines, at);
    shown.push(...ownFrames(lines.slice(at, end)));
    at = end;
  }
  return shown;
}

function endOfFrames(lines: readonly string[], start: number): number {
  let end = start;
  while (/^\s/.test(lines[end] ?? '')) end += 1;
  return end;
}

function ownFrames(lines: readonly string[]): readonly string[] {
  let isOwn = true;
  const own = lines.filter((line) => {
    const [, file] = FRAME.exec(line) ?? [];
    if (file !== undefined) isOwn = !OF_THE_MACHINERY.test(file);
    return isOwn;
  });
  return own.length > 0 ? own : lines;
}
