/** What a completion record says of the requests that completed the eval. */
import type { ReusedAnswers as LaneReused } from '../gateway/lane/attempt.ts';
import type { CompletionRecord, ModelUsage } from '../model/completion-record.ts';
import { addTokens, type ModelTraffic, type Traffic } from '../model/traffic.ts';
import type { RecordSummary } from '../record/record-file.ts';
import { hasNoControls } from '../text.ts';

/** Longer than any name of a model. */
const MAX_NAME_LENGTH = 1000;

/** Counted by the gateway. Only the record of an eval shows the tokens of requests that did not go through the gateway. */
export function usageOf(
  { sent, replayed, tokensSent, tokensReplayed, models }: Traffic,
  record: RecordSummary,
): Pick<CompletionRecord, 'tokens' | 'requests' | 'usage'> {
  const requests = { sent, replayed };
  if (sent + replayed === 0) return { tokens: { ...record.tokens, cached: 0, reasoning: 0 }, requests };
  const { prompt, completion, cached, reasoning } = addTokens(tokensSent, tokensReplayed);
  const tokens = { prompt, completion, total: prompt + completion, cached, reasoning };
  return { tokens, requests, ...recordableUsage(models) };
}

/** The kept answers among the responses that completed the eval. */
export function reusedAnswersOf(reused: LaneReused | undefined): Pick<CompletionRecord, 'reusedAnswers'> {
  if (!reused) return {};
  return {
    reusedAnswers: {
      count: reused.count,
      oldest: new Date(Math.min(reused.oldest, Date.now())).toISOString(),
    },
  };
}

/** Replayed responses included. */
export function usageByModel(models: ModelTraffic): Readonly<Record<string, ModelUsage>> {
  const entries = Object.entries(models).map(([name, use]): [string, ModelUsage] => [
    name,
    { responses: use.received + use.replayed, ...addTokens(use.tokensSent, use.tokensReplayed) },
  ]);
  return Object.fromEntries(entries);
}

function recordableUsage(models: ModelTraffic): Pick<CompletionRecord, 'usage'> {
  if (!Object.keys(models).every((name) => name.length <= MAX_NAME_LENGTH && hasNoControls(name))) return {};
  return { usage: usageByModel(models) };
}
