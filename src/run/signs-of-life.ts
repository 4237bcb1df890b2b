/** Tells output that shows an eval at work from output that only shows it failing at the same thing again. */

/** What clients print before they try again: backoff, tenacity, openai, anthropic, urllib3, google-api-core and LiteLLM. */
const RETRY =
  /\bretr(?:y|ies|ied)|\bback(?:ing|ed)?[ _-]?off\b|\btr(?:y|ying) again\b|\breconnect|\bfailed attempts?\b/i;

/** What a call that got no answer says of itself. */
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

/** Lines that say the same again when they differ in numbers only: those of a failure, and those of who waits. */
const NUMBERS_DO_NOT_COUNT =
  /error|exception|traceback|fail|refused|denied|invalid|\bwaiting\b|elapsed|heartbeat/i;

/** Lines of a traceback that do not say what happened. */
const FRAME = /^\s+|^Traceback |^During handling of |^The above exception was /;

const TIME =
  /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?|\b\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?\b/g;

/** `20%|██        | 1/5 [00:10<00:40, 10.0s/it]`, `12it [00:10,  1.20it/s]` (tqdm); the group is its description. */
const PROGRESS_BAR = /^(.*?)(?:\d{1,3}%\s*\||\d+(?:\.\d+)?[kMG]?(?:it|B)? \[\d+:\d\d)/;

/** How fast a bar is, which changes while it stands still. */
const RATE = /[\d.?]+\s*(?:[kMG]?\w+\/s|s\/\w+)/g;

/** Lines that are remembered. Who prints more different ones is at work. */
const REMEMBERED = 5000;
const LONGEST = 300;

export interface SignOfLife {
  /** Whether the eval has got on: the line says something new, and not only that a client tries again. */
  readonly isNew: boolean;
  /** Whether the line says that something failed, and what. */
  readonly isComplaint: boolean;
}

export class SignsOfLife {
  readonly #seen = new Set<string>();
  readonly #bars = new Map<string, string>();

  read(line: string): SignOfLife {
    const text = line.trim().slice(0, LONGEST);
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
      if (this.#bars.size >= REMEMBERED) this.#bars.clear();
      this.#bars.set(description, state);
      return before !== state;
    }
    const said = failure ? untimed.replace(/\w*\d\w*/g, '#') : untimed;
    if (this.#seen.has(said)) return false;
    if (this.#seen.size >= REMEMBERED) this.#seen.clear();
    this.#seen.add(said);
    return true;
  }
}
