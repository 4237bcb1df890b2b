/**
 * How many tokens an answer takes when nothing is known of earlier ones. The ranges are stated in docs/estimates.md; they are typical, and
 * no limits: only a limit that the class sends is one. Pure.
 */
import type { Range } from '../model/estimate.ts';
import type { AnswerKind } from '../model/request-demand.ts';

const TYPICAL: Readonly<Record<AnswerKind, Range>> = {
  // A word, a number or a sentence that is compared with the expected answer.
  short: { low: 1, high: 60 },
  json: { low: 2, high: 150 },
  text: { low: 2, high: 300 },
  // A judge that prints one of its choices.
  choice: { low: 1, high: 5 },
  // A judge that explains its choice.
  reasoned: { low: 5, high: 300 },
};

/** Reasoning models bill their reasoning as completion tokens: o3, gpt-5 and their successors. */
const REASONING_MODEL = /(?:^|[/:])(?:o[1-9]|gpt-[5-9]|deepseek-r|.*(?:reason|think))/i;

const MAX_THOUGHTS = 1500;

/** @param maxTokens the limit that is sent with the request; null: none */
export function answerTokens(kind: AnswerKind, model: string, maxTokens: number | null): Range {
  const { low, high } = TYPICAL[kind];
  const most = high + (REASONING_MODEL.test(model) ? MAX_THOUGHTS : 0);
  const limit = maxTokens ?? Number.POSITIVE_INFINITY;
  return { low: Math.min(low, limit), high: Math.min(most, limit) };
}
