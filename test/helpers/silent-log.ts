import type { Log } from '../../src/log.ts';

const ignore = () => {};

/** A log that nobody reads. */
export const silentLog: Log = {
  debug: ignore,
  info: ignore,
  warning: ignore,
  error: ignore,
  child: ignore,
  group: (_title, work) => work(),
};
