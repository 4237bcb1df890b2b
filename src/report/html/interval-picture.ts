/** Draws a value and its interval as a dot with whiskers. Pure. */
import { type Branch, h } from './shared/tree.ts';

export interface Range {
  readonly low: number;
  readonly high: number;
}

const WIDTH = 140;
const HEIGHT = 20;
const MARGIN = 6;
const MIDDLE = HEIGHT / 2;

/**
 * On an axis from 0 to 1, whose halves are marked. The value of the baseline is a ring. Null for values outside of it: dots on
 * axes of their own could not be compared.
 * @param words what a screen reader says
 */
export function ratePicture(
  value: number,
  interval: Range | null,
  before: number | null,
  words: string,
): Branch | null {
  if (
    !isWithin(value, 0, 1) ||
    (interval && !(isWithin(interval.low, 0, 1) && isWithin(interval.high, 0, 1)))
  )
    return null;
  const x = scale(0, 1);
  return picture(words, [
    axis(),
    ...[0, 0.5, 1].map((at) =>
      h('line', { class: 'tick', x1: x(at), x2: x(at), y1: MIDDLE - 3, y2: MIDDLE + 3 }),
    ),
    ...(interval ? whiskers(x(interval.low), x(interval.high)) : []),
    ...(before !== null && isWithin(before, 0, 1)
      ? [h('circle', { class: 'before', cx: x(before), cy: MIDDLE, r: 4 })]
      : []),
    h('circle', { class: 'dot', cx: x(value), cy: MIDDLE, r: 4 }),
  ]);
}

/** A difference, on an axis whose middle is zero. */
export function differencePicture(difference: number, interval: Range, words: string): Branch | null {
  const most = Math.max(Math.abs(interval.low), Math.abs(interval.high), Math.abs(difference));
  if (!Number.isFinite(most) || most === 0) return null;
  const x = scale(-most, most);
  return picture(words, [
    axis(),
    h('line', { class: 'zero', x1: x(0), x2: x(0), y1: 1, y2: HEIGHT - 1 }),
    ...whiskers(x(interval.low), x(interval.high)),
    h('circle', { class: 'dot', cx: x(difference), cy: MIDDLE, r: 4 }),
  ]);
}

function picture(words: string, shapes: readonly Branch[]): Branch {
  const size = { width: WIDTH, height: HEIGHT, viewBox: `0 0 ${WIDTH} ${HEIGHT}` };
  return h(
    'svg',
    { class: 'interval', role: 'img', 'aria-label': words, ...size },
    h('title', {}, words),
    ...shapes,
  );
}

function axis(): Branch {
  return h('line', { class: 'axis', x1: MARGIN, x2: WIDTH - MARGIN, y1: MIDDLE, y2: MIDDLE });
}

function whiskers(low: number, high: number): Branch[] {
  return [
    h('line', { class: 'whisker', x1: low, x2: high, y1: MIDDLE, y2: MIDDLE }),
    ...[low, high].map((x) => h('line', { class: 'whisker', x1: x, x2: x, y1: MIDDLE - 4, y2: MIDDLE + 4 })),
  ];
}

function scale(from: number, to: number): (value: number) => number {
  return (value) => Math.round((MARGIN + ((value - from) / (to - from)) * (WIDTH - 2 * MARGIN)) * 10) / 10;
}

function isWithin(value: number, low: number, high: number): boolean {
  return value >= low && value <= high;
}
