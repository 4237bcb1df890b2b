import { firstMatch, lastMatch, type OutputLine, saysUnable, toolMessage } from './client-output.ts';
import { CUT_OFF } from './protocol.ts';

export type CacheOperation = 'restore' | 'save';

/**
 * The mode that made the client skip an operation; undefined when it did not. Source: `ACTIONS_CACHE_MODE` in
 * @actions/cache 6.3, which is `none`, `read`, `write` or `write-only`.
 */
export function skippedByMode(operation: CacheOperation, lines: readonly OutputLine[]): string | undefined {
  return firstMatch(lines, new RegExp(`^Cache ${operation} skipped: the effective cache-mode '(.*?)'`));
}

/**
 * The client's own message about a failure; undefined when it printed none.
 *
 * The client (@actions/cache 6) swallows its errors. It prints `Failed to restore: …` or `Failed to save: …`, a bare warning
 * when the service refused the last step of a save, and a debug line when it refused the first.
 */
export function failureMessage(operation: CacheOperation, lines: readonly OutputLine[]): string | undefined {
  if (operation === 'restore') return firstMatch(lines, /^Failed to restore: ([\s\S]*)/);
  const message = firstMatch(lines, /^Failed to save: ([\s\S]*)/);
  if (message?.startsWith('Unable to reserve cache')) return `${REFUSED_KEY}: ${refusal(message, lines)}`;
  if (message?.startsWith('Unable to finalize cache')) return REFUSED_ENTRY;
  if (message !== undefined) return message;
  const bare = lines.find(({ level, text }) => level === 'warning' && !NOT_A_REFUSAL.test(text));
  return bare && `${REFUSED_ENTRY}: ${bare.text}`;
}

/** Translates the client's message into words for the user. The other lines that it printed are the evidence. */
export function causeOf(operation: CacheOperation, message: string, lines: readonly OutputLine[]): string {
  if (/insufficient usage|storage quota has been hit/i.test(message)) {
    return 'the cache storage quota is used up, so the service accepts no new entries';
  }
  if (message === CUT_OFF) {
    const stage = stageOf(operation, lines);
    return `the connection to the cache service broke off (${message}${stage ? `, while ${stage}` : ''})`;
  }
  const denied = /cache (?:write|read) denied:[^"}\n]*/i.exec(message)?.[0];
  if (denied) return `the token of this run may not ${operation} (${denied}${OUTSIDERS[operation]})`;
  if (/\b(g?tar|zstd|unzstd|zstdmt)\b.* failed with error/.test(message))
    return archiveCause(operation, lines);
  if (/Unable to locate executable file: g?tar\b/.test(message)) return 'this machine has no tar';
  const network = NETWORK_ERROR.exec(message)?.[0];
  if (network) return `the cache service cannot be reached (${network})`;
  if (/socket hang up|\baborted\b|premature close|incomplete download|terminated/i.test(message)) {
    return `the connection to the cache service broke off (${reworded(message)})`;
  }
  if (/\balready exists\b/i.test(message)) return KEY_TAKEN;
  const status = statusOf(message, lines);
  if (status !== undefined) return statusCause(operation, status, message, lines);
  return (
    withStage(operation, reworded(message), lines) ||
    `the cache client gave no reason why the ${operation} failed`
  );
}

/** The latest failed attempt, for an operation that was stopped while the client retried. */
export function lastAttempt(lines: readonly OutputLine[]): string | undefined {
  const storage = storageTrouble(lines);
  if (storage) return storage;
  const attempt = lastMatch(lines, /\bfailed with error: (.*?)(?:\. Retrying request|$)/);
  if (!attempt || !/ JSON\b/.test(attempt)) return attempt;
  // The client complains about JSON when a proxy responds with a page. The status says more.
  const status = lastMatch(lines, /^\[Response\] - (\d{3})/);
  return status ? `HTTP ${status}, with a response that is not from the cache service` : attempt;
}

/** The last failure of the v2 service's blob storage: its status, or the network error. */
function storageTrouble(lines: readonly OutputLine[]): string | undefined {
  const storage = lines.filter(({ level }) => level === 'storage');
  const last = lastMatch(storage, /^(Response status code: \d{3}|RetryPolicy: Caught error, .*)/);
  const network = last && /message: (.*?)(?:, code: |$)/.exec(last)?.[1];
  if (network) return network;
  const status = last && /\d{3}/.exec(last)?.[0];
  return status && Number(status) >= 400 ? `HTTP ${status}` : undefined;
}

/** What the client was doing when it was killed: a slow network and a service that does not respond look different. */
export function stageOf(operation: CacheOperation, lines: readonly OutputLine[]): string | undefined {
  return lines.reduce<string | undefined>((stage, { text }) => {
    return STAGES[operation].find(([begins]) => begins.test(text))?.[1] ?? stage;
  }, undefined);
}

const STAGES: Record<CacheOperation, readonly (readonly [RegExp, string])[]> = {
  restore: [
    [/^Resolved Keys:/, 'the entry was looked up'],
    [/^(Archive Path|Starting download)/i, 'the archive was downloaded'],
    [/^Cache Size:/, 'the archive was unpacked'],
  ],
  save: [
    [/^Cache Paths:/, 'the archive was made'],
    [/^Reserving Cache/, 'the entry was reserved'],
    [/^(Attempting to upload cache|Saving Cache \(ID)/, 'the archive was uploaded'],
    [/^(\[Request\] FinalizeCacheEntryUpload|Commiting cache)/, 'the upload was completed'],
    [/^Resolved Keys:/, 'the new entry was looked up'],
  ],
};

const REFUSED_KEY = 'the cache service refused to reserve the entry';
const REFUSED_ENTRY = 'the cache service refused the uploaded entry';
export const KEY_TAKEN = 'the cache service has an entry with this key already';
/** Since June 2026, github.com gives such events a token that can only read the caches of the default branch. */
const OUTSIDERS = {
  save: ', as for events that outsiders can trigger, such as pull_request_target',
  restore: '',
};
const NETWORK_ERROR = /\b(ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|EAI_AGAIN|EPIPE)\b/;
/** Warnings that accompany another one, and failures of a look-up. */
const NOT_A_REFUSAL = /^(Failed to |uploadCacheArchiveSDK|You've hit a rate limit)/;

function refusal(message: string, lines: readonly OutputLine[]): string {
  return (
    /More details: ([\s\S]*)/.exec(message)?.[1] ??
    firstMatch(lines, /^Failed to reserve cache: (?:\w*Error: )?([\s\S]*)/) ??
    ''
  );
}

/** Messages of the blob storage are empty, or do not say which operation failed. */
function withStage(operation: CacheOperation, message: string, lines: readonly OutputLine[]): string {
  const uploading = firstMatch(lines, /^(uploadCacheArchiveSDK: internal error)/);
  if (!uploading && !firstMatch(lines, /^(Cache hit for)/)) return message;
  const trouble = storageTrouble(lines);
  const detail = [trouble, message].filter(Boolean).join(', ');
  const what = `the archive could not be ${uploading ? 'uploaded' : 'downloaded'}${detail ? `: ${detail}` : ''}`;
  if (trouble === 'HTTP 403') return `${what} (its signed address has expired, or the clock is wrong)`;
  if (trouble === 'HTTP 404' && operation === 'restore') {
    return `${what} (the entry was evicted or deleted after it was found)`;
  }
  return what;
}

/** Only the output of the tool distinguishes a full disk, a tool without an ability, and a damaged archive. */
function archiveCause(operation: CacheOperation, lines: readonly OutputLine[]): string {
  const printed = lines.filter(({ level }) => level === 'info');
  const relevant = printed.filter(({ text }) => TOOL_LINE.test(text) || saysUnable(text));
  const unable = relevant.find(({ text }) => saysUnable(text));
  const what = `the archive could not be ${operation === 'save' ? 'made' : 'unpacked'}`;
  if (unable) return `${what}: this machine's tools cannot do it (${toolMessage(unable.text)})`;
  const detail = relevant[0] ? ` (${toolMessage(relevant[0].text)})` : '';
  const isOfTheMachine = relevant.some(({ text }) => OF_THE_MACHINE.test(text));
  if (operation === 'save' || isOfTheMachine) return `${what}${detail}`;
  return `the archive is damaged or incomplete and could not be unpacked${detail}`;
}

const TOOL_LINE = /^\s*(?:\S*\/)?(?:g?tar|bsdtar|gzip|unzstd|zstd|zstdmt)(?: \(child\))?: /;

/** Errors of the machine, not of the archive. */
const OF_THE_MACHINE =
  /No space left on device|Disk quota exceeded|Read-only file system|Permission denied|Cannot allocate memory|Too many open files|Input\/output error|Killed/;

function statusCause(
  operation: CacheOperation,
  status: number,
  message: string,
  lines: readonly OutputLine[],
): string {
  if (status === 409 && operation === 'save') return KEY_TAKEN;
  if (status === 429) {
    const seconds = firstMatch(lines, /your rate limit will reset in (\d+) seconds/);
    return `the cache service limits the rate of requests (HTTP 429)${seconds ? `, for another ${seconds} s` : ''}`;
  }
  if (status === 401 || status === 403) {
    return `the cache service denied the ${operation} (HTTP ${status}${OUTSIDERS[operation]})`;
  }
  if (status >= 500) {
    const attempts = /after (\d+) attempts/.exec(message)?.[1];
    return `the cache service failed with HTTP ${status}${attempts ? ` in ${attempts} attempts` : ''}`;
  }
  return `the cache service responded with HTTP ${status} (${reworded(message.replace(`${REFUSED_KEY}: `, ''))})`;
}

/**
 * The status in `Failed request: (503) …` (v2) and in `Cache service responded with 503` (v1). If the response is not JSON,
 * as from a proxy, the v2 client complains about that, and the status is only in a debug line.
 */
function statusOf(message: string, lines: readonly OutputLine[]): number | undefined {
  const status =
    /Failed request: \((\d{3})\)/.exec(message)?.[1] ??
    /responded with (\d{3})\b/.exec(message)?.[1] ??
    (/Failed to make request after/.test(message) ? lastMatch(lines, /^\[Response\] - (\d{3})/) : undefined);
  return status === undefined ? undefined : Number(status);
}

/** The first line, without the names of the client's functions and its placeholders for an unknown cause. */
function reworded(message: string): string {
  const line = message.trim().split(/\r?\n/, 1)[0] ?? '';
  return line
    .replace(/\b\w+(?: \([^)]*\))? failed: /, '')
    .replace(/\bFailed to \w+: /, '')
    .replace(/\bReceived non-retryable error: /, '')
    .replace(/\bFailed request: \(\d{3}\) /, '')
    .replace(/: (?:undefined|Response was not ok)?$/, '')
    .replace(/:$/, '');
}
