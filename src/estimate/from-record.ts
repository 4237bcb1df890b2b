/** An estimate from what an earlier run of the same eval took. Pure. */
import { completionFnsOf } from '../model/command.ts';
import { type CompletionRecord, type ModelUsage, newestRecord } from '../model/completion-record.ts';
import type { Range } from '../model/estimate.ts';
import { ownValue } from '../model/own-value.ts';
import type { PlannedEval } from '../model/plan.ts';
import { addNeed, around, type ModelNeed, type ModelNeeds } from './model-need.ts';

/** How far what is taken may be from what was taken, as a share of it: docs/estimates.md. */
interface Spread {
  readonly requests: number;
  readonly prompt: number;
  readonly completion: number;
}

const SAME_CONTENT: Spread = { requests: 0, prompt: 0.03, completion: 0.25 };
const CHANGED_CONTENT: Spread = { requests: 0.15, prompt: 0.25, completion: 0.5 };
/** Models differ in how much they write, and a little in how they count. */
const OTHER_MODEL: Spread = { requests: 0.15, prompt: 0.3, completion: 1 };

/** @returns undefined when no record says what the eval took */
export function needsOfRecords(
  planned: PlannedEval,
  records: readonly CompletionRecord[],
): ModelNeeds | undefined {
  const usable = records.filter(
    (record) => record.eval === planned.key && usageOf(record) !== undefined && hasSameFns(planned, record),
  );
  // Of the same content, even an older record says more.
  const best = usable.findLast(({ fingerprint }) => isSame(planned, fingerprint)) ?? newestRecord(usable);
  return best && needsOfRecord(planned, best);
}

function isSame({ fingerprint, earlier }: PlannedEval, value: string): boolean {
  return fingerprint.value === value || earlier.some((each) => each.value === value);
}

/** Whether each completion function of the record has a counterpart today, with the same role. */
function hasSameFns(planned: PlannedEval, { argv }: CompletionRecord): boolean {
  return completionFnsOf(argv).length === completionFnsOf(planned.command).length;
}

/** By model; undefined when it is not known. */
function usageOf({ usage, requests, tokens }: CompletionRecord): CompletionRecord['usage'] {
  if (usage && Object.keys(usage).length > 0) return usage;
  const sentNothing = requests !== null && requests.sent + requests.replayed === 0 && tokens.total === 0;
  return sentNothing ? {} : undefined;
}

function needsOfRecord(planned: PlannedEval, record: CompletionRecord): ModelNeeds {
  const factor = scaleOf(planned, record);
  const names = namesToday(planned, record);
  const isOther = completionFnsOf(record.argv).join() !== completionFnsOf(planned.command).join();
  const isUnchanged = isSame(planned, record.fingerprint) && factor === 1;
  const spread = isOther ? OTHER_MODEL : isUnchanged ? SAME_CONTENT : CHANGED_CONTENT;
  const needs = new Map<string, ModelNeed>();
  for (const [model, use] of Object.entries(usageOf(record) ?? {}))
    addNeed(needs, names.get(model) ?? model, needOf(use, { factor, spread, samples: record.samples }));
  return needs;
}

/** How many samples there are today for each of then. */
function scaleOf({ samples }: PlannedEval, record: CompletionRecord): number {
  return samples !== null && record.samples !== null && record.samples > 0 ? samples / record.samples : 1;
}

/** Under which names the models of the record are asked today. */
function namesToday({ command, modelMap }: PlannedEval, { argv, models }: CompletionRecord) {
  const today = completionFnsOf(command);
  const sent = (name: string, map: Readonly<Record<string, string>> = {}) => ownValue(map, name) ?? name;
  return new Map(
    completionFnsOf(argv).map((name, at) => [sent(name, models), sent(today[at] ?? name, modelMap)]),
  );
}

interface Scale {
  readonly factor: number;
  readonly spread: Spread;
  readonly samples: number | null;
}

function needOf(use: ModelUsage, { factor, spread, samples }: Scale): ModelNeed {
  const { responses, prompt, completion, cached } = use;
  const requests = responses * factor;
  const isRegular = samples !== null && samples > 0 && responses % samples === 0;
  const exactly: Range = { low: requests, high: requests };
  return {
    requests: isRegular ? exactly : around(requests, spread.requests),
    prompt: around(prompt * factor, spread.prompt),
    completion: around(completion * factor, spread.completion),
    cachedShare: prompt > 0 ? Math.min(1, cached / prompt) : 0,
  };
}
