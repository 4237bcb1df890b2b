/** Recognizes what evals and its API client print in every run. It tells a reader nothing that the log does not say elsewhere. Pure. */
import { loggedLine } from '../model/logged-line.ts';

/** A progress bar of tqdm. The next message of a logger follows it on the same line, because a bar does not end its line. */
const PROGRESS_BAR =
  /^(?:[^|[\]]*?\d{1,3}%\|[^|]*\|[^[]*\[[^\]]*\]|\d+(?:\.\d+)?[kMG]?(?:it|B)? \[\d+:\d\d[^\]]*\])/;

/** By file: what is printed in every run (evals/cli/oaieval.py, eval.py, data.py, record.py, registry.py; httpx; openai). */
const ROUTINE: Readonly<Record<string, RegExp>> = {
  'oaieval.py':
    /^(?:Run started: |Final report:$|Found \d+\/\d+ sampling events with usage data$|Token usage from \d+ sampling events:$|[\w./ -]+: (?:-?[\d.]+(?:e-?\d+)?|nan|inf)$)/,
  'eval.py': /^(?:Evaluating \d+ samples$|Running in (?:threaded mode with \d+ threads|sequential mode)!$)/,
  'data.py': /^Fetching /,
  'record.py': /^(?:Final report: \{|Logged \d+ rows of events to )/,
  'registry.py': /^Loading registry from /,
  // Requests go to the gateway, and the log says itself when the API is in trouble.
  '_client.py': /^HTTP Request: /,
  '_base_client.py': /^Retrying request to /,
  '_common.py': /^Backing off /,
};

/** The rest of the message `Token usage from 3 sampling events:`. */
const TOKEN_COUNT = /^(?:completion|prompt|total)_tokens(?:_details)?: \d[\d,]*$/;

/** What numpy prints about the spread of one sample (`boostrap_std` of evals), with the lines of its source. */
const NUMPY_WARNING =
  /\/numpy\/\S+: RuntimeWarning: (?:Mean of empty slice|Degrees of freedom <= 0 for slice|invalid value encountered in (?:scalar )?divide)/;
const NUMPY_SOURCE =
  /^(?:return _methods\._(?:mean|std|var)\(|ret = (?:ret\.dtype\.type\(ret \/ rcount\)|_var\())/;

/** Whether a reader of the log can do without the line. */
export function isRoutine(line: string): boolean {
  const text = withoutProgressBars(line).trim();
  if (text === '' || TOKEN_COUNT.test(text) || NUMPY_WARNING.test(text) || NUMPY_SOURCE.test(text))
    return true;
  const logged = loggedLine(text);
  return logged !== undefined && (ROUTINE[logged.file]?.test(logged.message) ?? false);
}

/** What is left of a line when the progress bars at its start are removed. */
export function withoutProgressBars(line: string): string {
  let text = line;
  for (;;) {
    const rest = text.trimStart();
    const bar = PROGRESS_BAR.exec(rest);
    if (!bar) return text;
    text = rest.slice(bar[0].length);
  }
}
