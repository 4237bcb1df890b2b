/** What the processes that pack and carry checkpoints see of the job's environment: what they need, and no key of an API. */

/** For tar and what compresses: where programs are, and in which language and character set file names are. */
const OF_TOOLS = /^(PATH|HOME|TMPDIR|LANG|LANGUAGE|LC_\w+)$/;

/** For the client as well: where the cache service is, the way there, and whom to trust on it. */
const OF_CLIENT = [
  /^ACTIONS_(RESULTS_URL|RUNTIME_URL|RUNTIME_TOKEN|ORCHESTRATION_ID)$/,
  /^ACTIONS_CACHE_\w+$/,
  /^(CACHE_UPLOAD_\w+|SEGMENT_DOWNLOAD_TIMEOUT_MINS|GITHUB_SERVER_URL)$/,
  /^(https?|no|all)_proxy$/i,
  /^(NODE_(EXTRA_CA_CERTS|OPTIONS|TLS_REJECT_UNAUTHORIZED|USE_ENV_PROXY|USE_SYSTEM_CA)|SSL_CERT_(FILE|DIR))$/,
];

export function toolEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return chosen(env, [OF_TOOLS]);
}

/** @param secret a text that no child sees, whatever holds it; empty: there is none */
export function clientEnvironment(env: NodeJS.ProcessEnv, secret: string): NodeJS.ProcessEnv {
  const chosenOnes = Object.entries(chosen(env, [OF_TOOLS, ...OF_CLIENT]));
  return Object.fromEntries(chosenOnes.filter(([, value]) => !(secret && value?.includes(secret))));
}

function chosen(env: NodeJS.ProcessEnv, patterns: readonly RegExp[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => patterns.some((pattern) => pattern.test(name))),
  );
}
