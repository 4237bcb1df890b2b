/** The way from an eval to the gateway. */

/**
 * Variables that lead clients to the gateway past any proxy, which is the way to the outside world. A client looks at them
 * when it is made: whoever makes clients for evals needs them as well.
 */
export function withoutProxy(env: NodeJS.ProcessEnv): Record<string, string> {
  const given = env.no_proxy ?? env.NO_PROXY;
  // Python's urllib takes `*` for everything only where it stands alone.
  const direct = given?.trim() === '*' ? '*' : [given, '127.0.0.1'].filter(Boolean).join(',');
  return { NO_PROXY: direct, no_proxy: direct };
}
