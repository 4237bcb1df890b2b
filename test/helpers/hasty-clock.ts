/** Imported for its effect on this process: timers of half a second to a minute go off 200 times earlier. */
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

const FACTOR = 200;

function hasty(delayMs: number | undefined): number | undefined {
  return delayMs !== undefined && delayMs >= 500 && delayMs <= 60_000 ? delayMs / FACTOR : delayMs;
}

globalThis.setTimeout = new Proxy(globalThis.setTimeout, {
  apply: (target, self, [work, delayMs, ...rest]) =>
    Reflect.apply(target, self, [work, hasty(delayMs), ...rest]),
});
timers.setTimeout = new Proxy(timers.setTimeout, {
  apply: (target, self, [delayMs, ...rest]) => Reflect.apply(target, self, [hasty(delayMs), ...rest]),
});
syncBuiltinESMExports();
