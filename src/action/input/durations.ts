/** Reads inputs that are durations. All errors are ActionErrors that name the input. */
import { invalid, text } from './text.ts';

export const UNIT_MS = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 } as const;

const UNITS: readonly (readonly [RegExp, number])[] = [
  [/^(w|weeks?)$/i, UNIT_MS.w],
  [/^(d|days?)$/i, UNIT_MS.d],
  [/^(h|hrs?|hours?)$/i, UNIT_MS.h],
  // `M` could be a month.
  [/^(m|[Mm]ins?|[Mm]inutes?)$/, UNIT_MS.m],
  [/^(s|secs?|seconds?)$/i, UNIT_MS.s],
];

/** What a duration that is wrong may have meant. */
export interface DurationHints {
  /** What to do instead of setting it to 0. */
  readonly ifZero: string;
  /** Whether an empty input is no limit. */
  readonly hasNoLimit?: boolean;
}

/**
 * Reads `90s`, `1.5h`, `5h30m`, `5 hours 30 minutes` or `7d`.
 * @returns milliseconds; undefined when the input is empty
 */
export function durationMs(name: string, { ifZero, hasNoLimit = false }: DurationHints): number | undefined {
  const value = text(name);
  if (value === '') return undefined;
  if (/^\d+$/.test(value) && Number(value) > 0) {
    const next = `Write ${value}s for seconds, ${value}m for minutes, or ${value}h for hours.`;
    throw invalid(name, value, 'it has no unit', next);
  }
  const milliseconds = /^0+$/.test(value) ? 0 : parse(value);
  if (milliseconds === undefined || !Number.isSafeInteger(milliseconds)) {
    const forms = `Write ${name} as 90s, 30m, 1.5h, 5h30m or 7d.`;
    const next = hasNoLimit ? `${forms} For no limit, leave it empty.` : forms;
    throw invalid(name, value, 'it is not a duration', next);
  }
  if (milliseconds === 0) throw invalid(name, value, 'it is zero', ifZero);
  if (milliseconds < UNIT_MS.s)
    throw invalid(name, value, 'it is shorter than 1s', `Set ${name} to at least 1s.`);
  return milliseconds;
}

/** Node's timers last at most 24.8 days. A longer one fires at once. */
const MAX_TIMER_DAYS = 24;

/** A duration for a timer, in milliseconds. */
export function timerMs(name: string, hints: DurationHints): number | undefined {
  const milliseconds = durationMs(name, hints);
  if (milliseconds !== undefined && milliseconds > MAX_TIMER_DAYS * UNIT_MS.d) {
    const longest = `${MAX_TIMER_DAYS}d`;
    const next = `Set ${name} to at most ${longest}.${hints.hasNoLimit ? ' For no limit, leave it empty.' : ''}`;
    throw invalid(name, text(name), `it is longer than ${longest}`, next);
  }
  return milliseconds;
}

/** Milliseconds; undefined for a text that is not a duration. Each unit is smaller than the one before it. */
function parse(value: string): number | undefined {
  let sum = 0;
  let last = Number.POSITIVE_INFINITY;
  let rest = value;
  while (rest !== '') {
    const [part, number, word = ''] = /^(\d+(?:\.\d+)?) *([a-z]+) */i.exec(rest) ?? [];
    const unit = UNITS.find(([names]) => names.test(word))?.[1];
    if (part === undefined || unit === undefined || unit >= last) return undefined;
    sum += Number(number) * unit;
    last = unit;
    rest = rest.slice(part.length);
  }
  return Math.round(sum);
}
