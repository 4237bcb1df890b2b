/** Describes a trouble of the API, in one line. Pure. */
import type { ApiTrouble, TroubleChange, TroubleKind } from '../model/api-trouble.ts';
import { asSentence, counted, duration, wholeNumber } from '../model/format.ts';

/** Each follows "the API has". */
const WHAT: Readonly<Record<TroubleKind, string>> = {
  'rate-limit': 'limited the rate of requests',
  'server-error': 'returned server errors',
  'refused-connection': 'refused connections',
  unreachable: 'been unreachable',
  timeout: 'not responded in time',
  'closed-connection': 'closed connections without a complete response',
  'invalid-response': 'sent invalid responses',
};

const CHECK = 'If this lasts, check the status of the API, and whether this runner can reach it.';
const ADVICE: Readonly<Partial<Record<TroubleKind, string>>> = {
  'rate-limit': 'If this lasts, lower max-requests-in-flight, or raise the rate limit of the API key.',
};

/** The line for the log. The first one also says what to do. */
export function describeReport(change: TroubleChange, trouble: ApiTrouble): string {
  switch (change) {
    case 'began':
      return `${describeLasting(trouble)} Failed requests are retried. ${ADVICE[trouble.cause.kind] ?? CHECK}`;
    case 'other-cause':
    case 'lasts':
      return describeLasting(trouble);
    case 'ended':
      return `The API responds again. It had ${whatFor(trouble)}: ${counts(trouble)}. ${lastError(trouble)}`;
  }
}

/** What evals wait for: `the API, which has refused connections for 12 s` */
export function describeWait(trouble: ApiTrouble): string {
  return `the API, which has ${whatFor(trouble)}`;
}

/** For the end of a run. */
export function describeAtEnd(trouble: ApiTrouble): string {
  const when = trouble.isLasting ? 'When the run ended' : 'During the run';
  return `${when}, the API had ${whatFor(trouble)}: ${counts(trouble)}. ${lastError(trouble)}`;
}

/** For the end of a run that was killed: the last numbers that are known may be too low. */
export function describeAtKill(trouble: ApiTrouble): string {
  if (!trouble.isLasting) return describeAtEnd(trouble);
  const time = new Date(trouble.since).toISOString().slice(11, 19);
  return `The API had ${WHAT[trouble.cause.kind]} since ${time} UTC. ${lastError(trouble)}`;
}

function describeLasting(trouble: ApiTrouble): string {
  return `The API has ${whatFor(trouble)}: ${counts(trouble)}. ${lastError(trouble)}`;
}

function whatFor({ cause: { kind }, since, until }: ApiTrouble): string {
  return `${WHAT[kind]} for ${wholeDuration(until - since)}`;
}

function counts({ failed, succeeded }: ApiTrouble): string {
  const others = succeeded === 0 ? 'none' : wholeNumber(succeeded);
  return `${counted(failed, 'request')} failed, retries included, and ${others} succeeded`;
}

/** The words of the API or of the transport. */
function lastError({ cause: { detail } }: ApiTrouble): string {
  return asSentence(`last error: ${detail}`);
}

/** `12 s`, `3 min 20 s` */
function wholeDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : duration(seconds * 1000);
}
