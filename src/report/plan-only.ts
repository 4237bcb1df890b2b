/** What would run, why, and what it is likely to take, for the log and the job summary of a step with plan-only. Pure. */
import { describeReason } from '../model/decision.ts';
import { tokensOf } from '../model/estimate.ts';
import type { EstimatedEval, EstimatedRun } from '../model/estimated-run.ts';
import { counted, wholeNumber } from '../model/format.ts';
import { oneLine } from '../text.ts';
import { costText, countText, describeEstimate, tokenText } from './estimate-text.ts';
import { codeInTable, inline } from './markdown-text.ts';
import { bytesOf, fitting, hiddenLines } from './summary/fit.ts';

export interface PlanReport {
  readonly model: string;
  readonly evalSet: string;
  /** Evals of the plan; of a shard, those that it has. */
  readonly total: number;
  readonly estimated: EstimatedRun;
  /** Further sentences, in plain text. */
  readonly notes: readonly string[];
}

/** The job summary has more. */
const MAX_LOG_ROWS = 50;

const MAX_NAME_BYTES = 80;
const MAX_REASON_BYTES = 300;

const MAX_SUMMARY_BYTES = 900_000;

const HEAD = ['Eval', 'Why it runs', 'Samples', 'Requests', 'Tokens', 'Cost', 'From'] as const;

type Cells = readonly [
  name: string,
  why: string,
  samples: string,
  requests: string,
  tokens: string,
  cost: string,
  from: string,
];

/** One line for each eval that would run, and the sum. */
export function planLines(report: PlanReport): string[] {
  const { evals } = report.estimated;
  const lines = evals.slice(0, MAX_LOG_ROWS).map((each) => {
    const [name, why, , requests, tokens, cost, from] = cellsOf(each);
    const takes =
      each.estimate === undefined
        ? 'not known'
        : `${requests} requests, ${tokens} tokens, cost ${cost} (${from})`;
    return `${oneLine(name, MAX_NAME_BYTES)}: ${oneLine(why, MAX_REASON_BYTES)}: ${takes}`;
  });
  const hidden = evals.length - lines.length;
  return [
    ...lines,
    ...(hidden > 0 ? [`and ${counted(hidden, 'more eval')}: the job summary has them`] : []),
    ...report.notes,
    conclusion(report),
  ];
}

/** In GitHub's Markdown. */
export function planSummary(report: PlanReport): string {
  const { model, evalSet, estimated, notes } = report;
  const before = [
    '> [!NOTE]',
    `> **${inline(conclusion(report), 2000)}**`,
    '',
    `${inline(model)} on ${inline(evalSet)}`,
    '',
    ...notes.flatMap((note) => [inline(note, 2000), '']),
  ];
  if (estimated.evals.length === 0) return before.join('\n');
  const head = [`| ${HEAD.join(' | ')} |`, '| :-- | :-- | --: | --: | --: | --: | :-- |'];
  const { shown, hidden } = fitting(estimated.evals.map(rowOf), MAX_SUMMARY_BYTES - bytesOf(before));
  return [...before, ...head, ...shown, ...hiddenLines(hidden, (count) => `… and ${count} more.`), ''].join(
    '\n',
  );
}

function rowOf(each: EstimatedEval): string {
  const [name, why, ...rest] = cellsOf(each);
  const cells = [
    codeInTable(name, 200),
    inline(why),
    ...rest.map((cell) => cell.replaceAll('$', '<span>$</span>')),
  ];
  return `| ${cells.join(' | ')} |`;
}

function cellsOf({ decision, estimate }: EstimatedEval): Cells {
  const { name, samples } = decision.eval;
  const head = [
    name,
    describeReason(decision.reason),
    samples === null ? '?' : wholeNumber(samples),
  ] as const;
  if (!estimate) return [...head, 'not known', 'not known', 'not known', 'nothing known'];
  return [
    ...head,
    countText(estimate.requests),
    tokenText(tokensOf(estimate)),
    estimate.cost ? costText(estimate.cost) : 'not known',
    estimate.from,
  ];
}

function conclusion({ total, estimated }: PlanReport): string {
  const { evals, total: sum } = estimated;
  const nothingSent = 'plan-only is true, so nothing was sent.';
  if (evals.length === 0)
    return `All ${counted(total, 'eval')} are completed, so nothing would run. ${nothingSent}`;
  const reused = total - evals.length;
  const also = reused > 0 ? `; ${wholeNumber(reused)} would be reused` : '';
  return `${describeEstimate(sum)}${also}. ${nothingSent}`;
}
