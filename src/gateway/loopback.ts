/**
 * Variables with which API clients reach the gateway directly, past any proxy. A client reads them when it is created, so
 * each process that creates clients for evals needs them.
 */
export function withoutProxy(env: NodeJS.ProcessEnv): Record<string, string> {
  const given = env.no_proxy ?? env.NO_PROXY;
  // Python's urllib understands `*` only when it is the whole value.
  const direct = given?.trim() === '*' ? '*' : [given, '127.0.0.1'].filter(Boolean).join(',');
  return { NO_PROXY: direct, no_proxy: direct };
}
