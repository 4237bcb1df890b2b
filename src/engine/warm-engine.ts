import { reasonOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { deferred, type Engine } from './engine.ts';
import { HostUnavailable, type Preparation, type WarmHost } from './warm-host.ts';

export interface WarmEngineOptions {
  readonly startHost: () => Promise<WarmHost>;
  /** A host that is there already, and what its preparation comes to: it has planned the set. It counts as a life. */
  readonly first: { readonly host: WarmHost; readonly prepared: Promise<string | undefined> } | undefined;
  readonly preparation: Preparation;
  /** What takes over when hosts do not live. */
  readonly fallback: Engine;
  readonly log: Log;
}

/** A host that dies is replaced once. */
const LIVES = 2;

/**
 * Forks evals from a warm host, which is started, unless it is there, with the first eval. When hosts die, or when the set
 * cannot be forked safely, each eval gets a process of its own instead.
 */
export function warmEngine(options: WarmEngineOptions): Engine {
  const { startHost, preparation, fallback, log } = options;
  let lives = LIVES;
  let host = options.first?.host;
  let prepared = options.first?.prepared;
  let current: Promise<WarmHost | undefined> | undefined;
  let closing = false;

  async function nextHost(): Promise<WarmHost | undefined> {
    while (lives > 0) {
      lives -= 1;
      try {
        host ??= await startHost();
        if (closing) {
          await host.close();
          return undefined;
        }
        const preparing = prepared ?? host.prepare(preparation);
        prepared = undefined;
        const unfit = await preparing;
        if (unfit === undefined) return host;
        doWithout(unfit);
      } catch (error) {
        if (error instanceof HostUnavailable) doWithout(error.message);
        else lost(reasonOf(error));
      }
      await host?.close();
      host = undefined;
    }
    return undefined;
  }

  function doWithout(why: string): void {
    log.info(`Each eval gets a Python process of its own, which takes longer: ${why}.`);
    lives = 0;
  }

  function lost(why: string): void {
    if (closing) return;
    const printed = host?.printed.slice(-10) ?? [];
    const next =
      lives > 0
        ? 'It is started again.'
        : 'From here on each eval gets a process of its own, which takes longer.';
    log.warning(
      [`The Python process that evals are forked from ${why}. ${next}`, ...printed].join('\n'),
      'Warm engine lost',
    );
  }

  /** The one promise that all evals wait for, until its host is gone. */
  async function serving(): Promise<WarmHost | undefined> {
    for (;;) {
      current ??= nextHost();
      const waited = current;
      const found = await waited;
      if (found?.gone === undefined) return found;
      if (current !== waited) continue;
      lost(found.gone);
      host = undefined;
      current = undefined;
    }
  }

  return {
    start(execution) {
      return deferred(async () => {
        const found = await serving();
        return () => (found ? found.run(execution) : fallback.start(execution));
      });
    },
    async close() {
      closing = true;
      lives = 0;
      // Python may have to be installed before there is a host, which takes minutes. What comes of it is closed at once.
      if (!host) return;
      // It may be importing, and take its time.
      await host.close();
      await current;
    },
  };
}
