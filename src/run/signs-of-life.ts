/** Distinguishes output of an eval that advances from output of an eval that repeats the same failure. */

/** Clients print this before a retry: backoff, tenacity, openai, anthropic, urllib3, google-api-core and LiteLLM. */
const RETRY =
  /\bretr(?:y|ies|ied)|\bback(?:ing|ed)?[ _-]?off\b|\btr(?:y|ying) again\b|\breconnect|\bfailed attempts?\b/i;

/** Messages about a call that got no response. */
const FAILED_CALL: readonly RegExp[] = [
  /connect(?:ion)?[ _]?(?:error|timeout|refused|reset|aborted|failed|broken|closed)/i,
  /cannot connect|unable to connect|failed to (?:establish|connect)/i,
  /timed[ -]?out|timeout ?error|unreachable|no route to host/i,
  /name resolution|name or service not known|nodename nor servname|getaddrinfo/i,
  /illegal header value|unsupported ?protocol|localprotocolerror/i,
  /certificate[ _]verify[ _]failed|sslerror|\bssl:|proxy ?error|tunnel connection failed/i,
  /too many requests|rate ?limit|overloaded|service unavailable|bad gateway|gateway time-?out/i,
  /HTTP\/[\d.]+ [45]\d\d|(?:error|status)(?:[ _]code)?[ =:]+[45]\d\d\b/i,
];

/** Two lines about a failure or about waiting are equal when only their numbers differ. */
const NUMBERS_DO_NOT_COUNT =
  /error|exception|traceback|fail|refused|denied|invalid|\bwaiting\b|elapsed|heartbeat/i;

/** Lines of a traceback other than its exception. */
const FRAME = /^\s+|^Traceback |^During handling of |^The above exception was /;

const TIME =
  /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?|\b\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?\b/g;

/** `20%|██        | 1/5 [00:10<00:40, 10.0s/it]`, `12it [00:10,  1.20it/s]` (tqdm). The group captures the description of the bar. */
const PROGRESS_BAR = /^(.*?)(?:\d{1,3}%\s*\||\d+(?:\.\d+)?[kMG]?(?:it|B)? \[\d+:\d\d)/;

/** The speed in a progress bar, which changes even while the bar does not advance. */
const RATE = /[\d.?]+\s*(?:[kMG]?\w+\/s|s\/\w+)/g;

/** Lines that are remembered. An eval that prints more different ones advances. */
const MAX_REMEMBERED = 5000;

/** Characters of a line that are compared. */
const MAX_LENGTH = 300;

export interface SignOfLife {
  /** Whether the eval advances: the line is new, and not about a retry of a client. */
  readonly isNew: boolean;
  /** Whether the line says what failed. */
  readonly isComplaint: boolean;
}

export class SignsOfLife {
  readonly #seen = new Set<string>();
  readonly #bars = new Map<string, string>();

  read(line: string): SignOfLife {
    const text = line.trim().slice(0, MAX_LENGTH);
    if (text === '') return { isNew: false, isComplaint: false };
    const failedCall = [RETRY, ...FAILED_CALL].some((pattern) => pattern.test(text));
    const failure = failedCall || NUMBERS_DO_NOT_COUNT.test(text);
    return {
      isNew: !failedCall && this.#isUnseen(text, failure),
      isComplaint: failure && !FRAME.test(line),
    };
  }

  #isUnseen(text: string, failure: boolean): boolean {
    const bar = PROGRESS_BAR.exec(text);
    const untimed = text.replace(TIME, '');
    if (bar) {
      const description = bar[1] ?? '';
      const state = untimed.replace('<?', '<').replace(RATE, '');
      const before = this.#bars.get(description);
      if (this.#bars.size >= MAX_REMEMBERED) this.#bars.clear();
      this.#bars.set(description, state);
      return before !== state;
    }
    const compared = failure ? untimed.replace(/\w*\d\w*/g, '#') : untimed;
    if (this.#seen.has(compared)) return false;
    if (this.#seen.size >= MAX_REMEMBERED) this.#seen.clear();
    this.#seen.add(compared);
    return true;
  }
}
