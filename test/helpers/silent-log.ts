import type { Log } from '../../src/log.ts';

const ignore = () => {};

/** A log that discards everything. */
export const silentLog: Log = {
  debug: ignore,
  info: ignore,
  notice: ignore,
  warning: ignore,
  error: ignore,
  child: ignore,
  hide: ignore,
  redact: (text) => text,
  group: () => ({ [Symbol.dispose]: ignore }),
};
