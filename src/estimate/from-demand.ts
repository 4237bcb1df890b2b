/** An estimate from the prompts as they will be sent. Pure. */
import { addRanges, NOTHING, type Range } from '../model/estimate.ts';
import type { PlannedEval } from '../model/plan.ts';
import type { RequestDemand } from '../model/request-demand.ts';
import { answerTokens } from './answer-tokens.ts';
import { askedFns, sendsNothing } from './completion-fns.ts';
import { addNeed, type ModelNeed, type ModelNeeds, scaled } from './model-need.ts';

/** @returns undefined when the prompts are not known */
export function needsOfDemand(planned: PlannedEval): ModelNeeds | undefined {
  const { demand } = planned;
  if (!demand) return undefined;
  const { candidates, judge } = askedFns(planned);
  const answer = answerOf(demand, candidates);
  const needs = new Map<string, ModelNeed>();
  for (const each of demand) {
    const fns = each.by === 'judge' && judge !== undefined ? [judge] : candidates;
    for (const fn of fns) {
      if (sendsNothing(fn)) continue;
      addNeed(needs, fn, needOf(each, { fn, share: 1 / fns.length, answer }));
    }
  }
  return needs;
}

/** The tokens of an answer of the model, which the judge reads. */
function answerOf(demand: readonly RequestDemand[], candidates: readonly string[]): Range {
  const asked = demand.find(({ by }) => by === 'model');
  const [fn = ''] = candidates;
  return asked ? answerTokens(asked.answer, fn, asked.maxTokens) : NOTHING;
}

interface AskedFn {
  readonly fn: string;
  /** Of the requests. */
  readonly share: number;
  readonly answer: Range;
}

function needOf(demand: RequestDemand, { fn, share, answer }: AskedFn): ModelNeed {
  const { requests, answers, choices, maxTokens } = demand;
  const completion = scaled(answerTokens(demand.answer, fn, maxTokens), requests * choices);
  const prompt = addRanges(promptTokens(demand), scaled(answer, answers));
  return {
    requests: scaled({ low: requests, high: requests }, share),
    prompt: scaled(prompt, share),
    completion: scaled(completion, share),
    cachedShare: 0,
  };
}

/** English has about 4 characters a token, code and numbers about 3. */
const CHARACTERS = { most: 5, fewest: 3 };

/** A character of several bytes in UTF-8 adds at most half a token for each byte after the first. */
const FURTHER_BYTES = 2;

/** Chat models count the ends of messages, and the begin of the answer. */
const PER_MESSAGE = 4;
const PER_REQUEST = 3;

function promptTokens({ characters, bytes, messages, requests }: RequestDemand): Range {
  const further = Math.max(0, bytes - characters) / FURTHER_BYTES;
  const around = messages * PER_MESSAGE + requests * PER_REQUEST;
  return {
    low: Math.max(requests, characters / CHARACTERS.most),
    high: characters / CHARACTERS.fewest + further + around,
  };
}
