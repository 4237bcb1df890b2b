/** Python shows tracebacks differently from version to version, and packages have other line numbers. Pure. */

/** In the log, lines of an eval begin with a bar; in the summary they do not. */
const FRAME = /^│?\s+File "/;
const CODE = /^(?:│ {3}| {4})/;
const OF_PACKAGE = /(\/site-packages\/.*", line )\d+/;

/** The lines, with tracebacks as every Python could show them: for each frame its place and the first line of its code. */
export function plainTracebacks(lines: readonly string[]): string[] {
  const shown: string[] = [];
  let codeLines: number | undefined;
  for (const line of lines) {
    if (FRAME.test(line)) {
      // Newer versions show no frame of its own for a comprehension.
      const isShown = !line.endsWith(', in <listcomp>');
      codeLines = isShown ? 1 : 0;
      if (isShown) shown.push(line.replace(OF_PACKAGE, '$1#'));
    } else if (codeLines !== undefined && CODE.test(line)) {
      if (codeLines > 0) shown.push(line);
      codeLines -= 1;
    } else {
      codeLines = undefined;
      shown.push(line);
    }
  }
  return shown;
}
