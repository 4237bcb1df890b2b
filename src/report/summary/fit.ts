/** Cuts a list of blocks of Markdown to a number of bytes, by whole blocks. Pure. */
import { wholeNumber } from '../../model/format.ts';

/**
 * GitHub shows nothing of a summary that is larger than 1 MiB. Other programs of the step write to the same summary
 * (https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands, "Step isolation and limits").
 */
export const MAX_SUMMARY_BYTES = 1_000_000;

export interface Fitting {
  readonly shown: readonly string[];
  readonly hidden: number;
}

/** The first blocks, as many as fit into `bytes` with a line break after each. */
export function fitting(blocks: readonly string[], bytes: number): Fitting {
  let room = bytes;
  const tooMany = blocks.findIndex((block) => {
    room -= Buffer.byteLength(block) + 1;
    return room < 0;
  });
  const shown = tooMany < 0 ? blocks : blocks.slice(0, tooMany);
  return { shown, hidden: blocks.length - shown.length };
}

/** A sentence about what is left out, after an empty line; nothing when nothing is. */
export function hiddenLines(hidden: number, what: (count: string) => string): string[] {
  return hidden === 0 ? [] : ['', what(wholeNumber(hidden))];
}

/** Bytes of lines that are joined by line breaks. */
export function bytesOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
}

/** A fold that is closed. @param title HTML */
export function folded(title: string, lines: readonly string[]): string[] {
  return ['<details>', `<summary>${title}</summary>`, '', ...lines, '', '</details>'];
}
