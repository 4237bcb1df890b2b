/** Cells of the table that compare costs of a baseline with those of the action, pair by pair. */
import { median, spread } from '../measure.ts';
import type { Cost } from '../processes.ts';
import { type Target, target } from '../section.ts';

/** The costs of both contenders, in the order of the pairs. */
export interface Runs {
  readonly baseline: Cost[];
  readonly action: Cost[];
}

/** `12.3 s (11.9–12.8), CPU 4.0 s` */
export function costs(of: readonly Cost[], digits = 1): string {
  const seconds = of.map((cost) => cost.seconds);
  const cpu = median(of.map((cost) => cost.cpu));
  return `${spread(seconds, ' s', digits)}, CPU ${cpu.toFixed(digits)} s`;
}

/** `3.3 (3.2–3.4) times as fast` */
export function speedup(runs: Runs): string {
  return `${spread(speedups(runs))} times as fast`;
}

export function atLeastFaster(factor: number, runs: Runs): Target {
  return target('≥', factor, 'times as fast', speedups(runs));
}

function speedups({ baseline, action }: Runs): number[] {
  return action.map(({ seconds }, pair) => (baseline[pair]?.seconds ?? Number.NaN) / seconds);
}
