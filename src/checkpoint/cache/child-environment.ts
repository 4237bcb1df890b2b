/** The variables that processes for checkpoints get of the job's environment: what they need, and no API key. */

/** For tar and the compressors: where programs are, and the language and character set of file names. */
const OF_TOOLS = /^(PATH|HOME|TMPDIR|LANG|LANGUAGE|LC_\w+)$/;

/** For the client as well: the cache service, the proxies, and the certificates to trust. */
const OF_CLIENT = [
  /^ACTIONS_(RESULTS_URL|RUNTIME_URL|RUNTIME_TOKEN|ORCHESTRATION_ID)$/,
  /^ACTIONS_CACHE_\w+$/,
  /^(CACHE_UPLOAD_\w+|SEGMENT_DOWNLOAD_TIMEOUT_MINS|GITHUB_SERVER_URL)$/,
  /^(https?|no|all)_proxy$/i,
  /^(NODE_(EXTRA_CA_CERTS|OPTIONS|TLS_REJECT_UNAUTHORIZED|USE_ENV_PROXY|USE_SYSTEM_CA)|SSL_CERT_(FILE|DIR))$/,
];

export function toolEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return selected(env, [OF_TOOLS]);
}

/** @param secret a text that no variable of a child may contain; empty: there is none */
export function clientEnvironment(env: NodeJS.ProcessEnv, secret: string): NodeJS.ProcessEnv {
  const variables = Object.entries(selected(env, [OF_TOOLS, ...OF_CLIENT]));
  return Object.fromEntries(variables.filter(([, value]) => !(secret && value?.includes(secret))));
}

function selected(env: NodeJS.ProcessEnv, patterns: readonly RegExp[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => patterns.some((pattern) => pattern.test(name))),
  );
}
