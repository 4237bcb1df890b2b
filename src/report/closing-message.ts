/** What ends a step that did not pass: what happened, why, what is kept, and what to do. Pure. */
import { ActionError, type ApiUnusable, type ErrorCode, reasonOf } from '../errors.ts';
import type { ApiTrouble } from '../model/api-trouble.ts';
import { asSentence, counted, isOrAre, listed, wholeNumber } from '../model/format.ts';
import type { EvalResult, Results } from '../model/results.ts';
import type { RuleVerdict, Verdict } from '../model/verdict.ts';
import { oneLine } from '../text.ts';
import { describeKept } from './describe-results.ts';
import { describeAtEnd } from './describe-trouble.ts';

/** What may have stopped the run. */
export interface Stops {
  /** Why the API refused the job or could not be reached; undefined when neither happened. */
  readonly unusable: ApiUnusable | undefined;
  /** Aborted when the run stopped early, with an Error that says why. */
  readonly stopped: AbortSignal;
  /** The trouble of the API that lasted when the run ended, or else the longest. */
  readonly trouble: ApiTrouble | undefined;
}

/** Each part is one or several whole sentences, or empty. */
export interface ClosingMessage {
  readonly code: ErrorCode;
  /** What happened, and why. */
  readonly what: string;
  /** What trouble the API had, unless that is what happened. */
  readonly trouble: string;
  /** What is done and what is recorded. */
  readonly kept: string;
  /** Which evals are pending. */
  readonly pending: string;
  /** What to do. */
  readonly next: string;
}

/** The job summary has all names. */
const MAX_NAMES = 10;

/** The causes of more failed evals would make the message hard to read. The table of results has all of them. */
const MAX_CAUSES = 3;

const MAX_CAUSE_BYTES = 300;

const CONTINUE = 're-run the failed jobs; they continue from here.';

export const RESUME = asSentence(CONTINUE);

const FIX_OR_CHANGE =
  'Look at the samples in report.html, then fix the cause or change the input thresholds. Completed evals are reused, so only changed ones run again.';

/** A baseline that missed its rules is refused. */
const APPROVE =
  'To accept a drop, remove the rule, run the workflow again, and commit results.json and samples.jsonl of that run as the baseline.';

const CORRECT =
  'Correct the rules that cannot be judged, or what they compare with. A rule that begins with advisory: never fails the step.';

const PAIRS = 'A drop needs at least ten samples of an eval that the baseline has, too.';

function whatToDo({ rules, comparison }: Verdict): string {
  const isMissed = rules.some(({ advisory, status }) => !advisory && status === 'missed');
  if (!isMissed) return comparison === null ? CORRECT : `${CORRECT} ${PAIRS}`;
  return comparison === null ? FIX_OR_CHANGE : `${FIX_OR_CHANGE} ${APPROVE}`;
}

/** Undefined when the run passed. */
export function closingMessage(
  results: Results,
  verdict: Verdict,
  { unusable, stopped, trouble: apiTrouble }: Stops,
): ClosingMessage | undefined {
  const kept = describeKept(results);
  if (unusable) {
    const { code, message, next } = unusable;
    const final = code === 'API_REFUSED' ? ' Retrying will not help.' : '';
    return {
      code,
      what: `${asSentence(message)}${final}`,
      trouble: '',
      kept,
      pending: '',
      next: `${next} Then ${CONTINUE}`,
    };
  }
  const trouble = apiTrouble ? describeAtEnd(apiTrouble) : '';
  const pending = results.evals.filter(({ status }) => status === 'pending');
  const cause = causeOf(pending, stopped);
  const names = listed(pending.map(cause ? nameOf : nameWithNote), MAX_NAMES);
  if (results.totals.evals.failed > 0) {
    const because = cause ? `, because ${cause}` : '';
    return {
      code: 'EVALS_FAILED',
      what: describeFailed(results),
      trouble,
      kept,
      pending: pending.length > 0 ? `Pending${because}: ${names}.` : '',
      next: `Fix the cause of each failure, then ${CONTINUE}`,
    };
  }
  if (verdict.status === 'incomplete') {
    const what = `The set is incomplete${cause ? `, because ${cause}` : ''}.`;
    return {
      code: 'INCOMPLETE',
      what,
      trouble,
      kept,
      pending: `Pending: ${names}.`,
      next: RESUME,
    };
  }
  if (verdict.status === 'failed') {
    return {
      code: 'THRESHOLDS_MISSED',
      what: describeRules(verdict.rules),
      trouble,
      kept,
      pending: '',
      next: whatToDo(verdict),
    };
  }
  return undefined;
}

/** The error that ends the step. */
export function closingError({ code, what, trouble, kept, pending, next }: ClosingMessage): ActionError {
  return new ActionError(code, joined(what, trouble, kept, pending), next);
}

/** For the job summary, which says by itself which evals failed, which are pending, and which rules are missed. */
export function whatHappened({ code, what, trouble, kept }: ClosingMessage): string {
  const isShown = code === 'EVALS_FAILED' || code === 'THRESHOLDS_MISSED';
  return joined(isShown ? '' : what, trouble, kept);
}

/** `2 of 28 evals failed: a (KeyError: 'x'), b (it timed out).` */
function describeFailed({ evals, totals }: Results): string {
  const failed = evals.filter(({ status }) => status === 'failed');
  const names = failed.map(failed.length <= MAX_CAUSES ? nameWithNote : nameOf);
  return `${wholeNumber(failed.length)} of ${counted(totals.evals.total, 'eval')} failed: ${listed(names, MAX_NAMES)}.`;
}

/** `1 of 3 required rules is missed, and 1 cannot be judged. accuracy >= 0.8: … drop <= 2pp: …` */
function describeRules(rules: readonly RuleVerdict[]): string {
  const required = rules.filter(({ advisory }) => !advisory);
  const missed = required.filter(({ status }) => status === 'missed');
  const notJudged = required.filter(({ status }) => status === 'not-judged');
  const of = `of ${counted(required.length, 'required rule')}`;
  const some = (count: number) => (required.length === 1 ? 'The required rule' : `${count} ${of}`);
  const counts = [
    ...(missed.length > 0 ? [`${some(missed.length)} ${isOrAre(missed.length)} missed`] : []),
    ...(notJudged.length > 0
      ? [`${missed.length > 0 ? notJudged.length : some(notJudged.length)} cannot be judged`]
      : []),
  ];
  const wrong = [...missed, ...notJudged];
  const causes = wrong
    .slice(0, MAX_CAUSES)
    .map(
      ({ rule, sentence }) => `\n- ${oneLine(rule, MAX_CAUSE_BYTES)}: ${oneLine(sentence, MAX_CAUSE_BYTES)}`,
    );
  const hidden = wrong.length - causes.length;
  return `${counts.join(', and ')}:${causes.join('')}${hidden > 0 ? `\n- and ${hidden} more` : ''}\n`;
}

/** The one reason, as a clause, for which all of them are pending; undefined when they have different ones. */
function causeOf(pending: readonly EvalResult[], stopped: AbortSignal): string | undefined {
  if (stopped.aborted) return reasonOf(stopped.reason);
  const causes = new Set(pending.map(({ note }) => note));
  return pending.length > 1 && causes.size === 1 ? pending[0]?.note : undefined;
}

function nameOf({ name }: EvalResult): string {
  return name;
}

function nameWithNote({ name, note }: EvalResult): string {
  return `${name} (${oneLine(note, MAX_CAUSE_BYTES)})`;
}

/** With a blank between sentences, unless the one before ends its line. */
function joined(...sentences: readonly string[]): string {
  const all = sentences.filter((sentence) => sentence !== '').join(' ');
  return all.replaceAll('\n ', '\n').trimEnd();
}
