/** A guess from the number of samples, for evals of which nothing else is known. docs/estimates.md states it. Pure. */
import type { Range } from '../model/estimate.ts';
import { ownValue } from '../model/own-value.ts';
import type { PlannedEval } from '../model/plan.ts';
import { askedFns, sendsNothing } from './completion-fns.ts';
import { addNeed, type ModelNeed, type ModelNeeds, scaled } from './model-need.ts';

/** Of one request. */
const PROMPT: Range = { low: 30, high: 1500 };
const COMPLETION: Range = { low: 2, high: 500 };

/** Requests for each sample of a class that is not listed below. */
const UNKNOWN_CLASS: Range = { low: 1, high: 3 };

/** Requests for each sample, of classes of evals that have conversations. */
const REQUESTS: Readonly<Record<string, Range>> = {
  'already_said_that.eval:AlreadySaidThat': { low: 1, high: 100 },
  'ballots.eval:BallotsEval': { low: 2, high: 20 },
  'bugged_tools.eval:BuggedTools': { low: 2, high: 20 },
  'cant_do_that_anymore.eval:CantDoThatAnymore': { low: 1, high: 2 },
  'error_recovery.eval:ErrorRecovery': { low: 3, high: 6 },
  'function_deduction.eval:FunctionDeductionEval': { low: 2, high: 20 },
  'identifying_variables.eval:IdentifyingVariables': { low: 1, high: 1 },
  'make_me_pay.eval:MakeMePay': { low: 2, high: 40 },
  'make_me_say.eval:MakeMeSay': { low: 2, high: 60 },
  'schelling_point.eval:SchellingPoint': { low: 2, high: 40 },
  'self_prompting.eval:SelfPrompting': { low: 2, high: 60 },
  'skill_acquisition.eval:SkillAcquisition': { low: 2, high: 60 },
  'steganography.eval:Steganography': { low: 3, high: 7 },
  'text_compression.eval:TextCompression': { low: 0, high: 2 },
  'track_the_stat.eval:TrackTheStat': { low: 1, high: 100 },
  'twenty_questions.eval:TwentyQuestions': { low: 2, high: 40 },
};

const PACKAGE = 'evals.elsuite.';

/** @returns undefined when the number of samples is not known */
export function needsByGuess(planned: PlannedEval): ModelNeeds | undefined {
  const { samples, evalClass = '' } = planned;
  if (samples === null) return undefined;
  const name = evalClass.startsWith(PACKAGE) ? evalClass.slice(PACKAGE.length) : '';
  const perSample = ownValue(REQUESTS, name) ?? UNKNOWN_CLASS;
  const requests = scaled(perSample, samples);
  const { candidates, judge } = askedFns(planned);
  const needs = new Map<string, ModelNeed>();
  for (const fns of judge === undefined ? [candidates] : [candidates, [judge]])
    for (const fn of fns) {
      if (sendsNothing(fn)) continue;
      const own = scaled(requests, 1 / fns.length);
      addNeed(needs, fn, {
        requests: own,
        prompt: times(own, PROMPT),
        completion: times(own, COMPLETION),
        cachedShare: 0,
      });
    }
  return needs;
}

function times(a: Range, b: Range): Range {
  return { low: a.low * b.low, high: a.high * b.high };
}
