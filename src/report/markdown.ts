/** The job summary: a headline and one table, in GitHub's Markdown. Pure. */
import { describeAdaptation } from '../model/adaptation.ts';
import { counted, duration, metricText, wholeNumber } from '../model/format.ts';
import type { ResultRow, Results } from '../model/old-results.ts';
import { oneLine } from '../text.ts';
import { withoutMarkup } from './markdown-text.ts';
import { noteOf, urgentFirst } from './row-order.ts';

export interface RunLink {
  readonly repository: string;
  readonly serverUrl: string;
}

const STATUS = { fresh: '✅ fresh', reused: '♻️ reused', failed: '❌ failed', pending: '⏳ pending' } as const;

/**
 * GitHub shows nothing of a summary that is larger than 1 MiB. Other programs of the step write to the same summary
 * (https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands, "Step isolation and limits").
 */
const MAX_SUMMARY_BYTES = 1_000_000;

export function renderMarkdown(results: Results, link: RunLink, notes: readonly string[] = []): string {
  const head = [
    `## ${headline(results)}`,
    '',
    `\`${code(results.model)}\` on \`${code(results.evalSet)}\`: ${countsLine(results)}`,
    '',
    ...judgeLine(results),
    ...trafficLine(results),
    ...adaptationLines(results),
    ...replacedModelLines(results),
    ...notes.flatMap((note) => [`> ${cell(note)}`, '']),
    '| Eval | Status | Main metric | Samples | Time | Run |',
    '| :--- | :--- | :--- | ---: | ---: | :--- |',
  ].join('\n');
  const rows = urgentFirst(results.rows).map((row) => tableRow(row, link));
  const shown = rowsThatFit(rows, MAX_SUMMARY_BYTES - Buffer.byteLength(head) - 100);
  const hidden = rows.length - shown.length;
  return [head, ...shown, ...(hidden > 0 ? ['', `… and ${wholeNumber(hidden)} more.`] : []), ''].join('\n');
}

/** The first rows, as many as fit into `bytes`. */
function rowsThatFit(rows: readonly string[], bytes: number): readonly string[] {
  let room = bytes;
  const tooMany = rows.findIndex((row) => {
    room -= Buffer.byteLength(row) + 1;
    return room < 0;
  });
  return tooMany < 0 ? rows : rows.slice(0, tooMany);
}

function headline({ verdict, counts }: Results): string {
  const { total, completed, failed, pending, leftOut } = counts;
  const evals = (n: number) => counted(n, 'eval');
  // Not "all": the set has more.
  if (verdict === 'passed' && leftOut > 0)
    return `✅ ${evals(total)} done, ${wholeNumber(leftOut)} of the set left out`;
  if (verdict === 'passed') return `✅ All ${evals(total)} done`;
  if (verdict === 'failed')
    return `❌ ${evals(failed)} failed, ${wholeNumber(completed)} of ${wholeNumber(total)} done`;
  return `⏳ Incomplete: ${wholeNumber(completed)} of ${evals(total)} done, ${wholeNumber(pending)} pending`;
}

function countsLine({ counts }: Results): string {
  const parts = (['fresh', 'reused', 'failed', 'pending'] as const)
    .filter((status) => counts[status] > 0)
    .map((status) => `${wholeNumber(counts[status])} ${status}`);
  const { total, leftOut } = counts;
  const of = counted(total + leftOut, 'eval');
  const sentence = leftOut > 0 ? ` Left out by include and exclude: ${wholeNumber(leftOut)} of ${of}.` : '';
  return `${parts.length > 0 ? `${parts.join(', ')}.` : 'nothing to do.'}${sentence}`;
}

/** Who graded. Plain `oaievalset` may have completed an eval with another judge, but then under another command. */
function judgeLine({ rows, model }: Results): string[] {
  const judges = Map.groupBy(rows, ({ judge }) => judge);
  judges.delete(undefined);
  const lines = [...judges].map(([judge = '', graded]) => {
    const own = judge === model ? ', which graded its own answers' : '';
    return `${counted(graded.length, 'model-graded eval')}: judge \`${code(judge)}\`${own}.`;
  });
  return lines.length === 0 ? [] : [...lines, ''];
}

function trafficLine({ traffic }: Results): string[] {
  const { sent, replayed, retried, failed, tokensSent } = traffic;
  if (sent + replayed === 0) return [];
  const requests = [
    `${wholeNumber(sent)} sent`,
    `${wholeNumber(replayed)} replayed`,
    ...(retried > 0 ? [`${wholeNumber(retried)} ${retried === 1 ? 'retry' : 'retries'}`] : []),
    ...(failed > 0 ? [`${wholeNumber(failed)} failed`] : []),
  ];
  const { prompt, completion, cached, reasoning } = tokensSent;
  const parts = [
    `${wholeNumber(prompt)} prompt${cached > 0 ? ` (${wholeNumber(cached)} cached)` : ''}`,
    `${wholeNumber(completion)} completion${reasoning > 0 ? ` (${wholeNumber(reasoning)} reasoning)` : ''}`,
  ];
  return [
    `Requests: ${requests.join(', ')}. Tokens: ${wholeNumber(prompt + completion)}, of them ${parts.join(', ')}.`,
    '',
  ];
}

/** Further adaptations are only counted. Each one is a value that a model refused. */
const SHOWN_ADAPTATIONS = 10;

function adaptationLines({ adaptations, ownTemperature }: Results): string[] {
  if (adaptations.length === 0) return [];
  const lines = adaptations.slice(0, SHOWN_ADAPTATIONS).map(({ adaptation, evals }) => {
    return `> - \`${code(adaptation.model)}\`: ${cell(describeAdaptation(adaptation))} (${counted(evals, 'eval')})`;
  });
  const hidden = adaptations.length - lines.length;
  const own = ownTemperature.map(({ model, evals }) => `\`${code(model)}\` (${counted(evals, 'eval')})`);
  return [
    '> Requests were changed because a model does not accept a parameter that the evals send:',
    '>',
    ...lines,
    ...(hidden > 0 ? [`> - and ${wholeNumber(hidden)} more`] : []),
    ...(own.length > 0
      ? ['>', `> Sampled at the model's own temperature, so two runs may differ: ${own.join(', ')}.`]
      : []),
    '',
  ];
}

function replacedModelLines({ replacedModels }: Results): string[] {
  if (replacedModels.length === 0) return [];
  const lines = replacedModels.map(
    ({ name, live, evals }) => `> - \`${code(name)}\`: \`${code(live)}\` (${counted(evals, 'eval')})`,
  );
  return ['> Names of models that `model-map` replaced in requests:', '>', ...lines, ''];
}

function tableRow(row: ResultRow, link: RunLink): string {
  const metric = row.metric
    ? `${cell(row.metric.name)} **${cell(metricText(row.metric.value))}**`
    : cell(noteOf(row));
  const samples = row.samples === null ? '' : wholeNumber(row.samples);
  const time = row.tookMs === undefined ? '' : duration(row.tookMs);
  return `| \`${code(row.name)}\` | ${STATUS[row.status]} | ${metric} | ${samples} | ${time} | ${runCell(row, link)} |`;
}

function runCell({ run }: ResultRow, { repository, serverUrl }: RunLink): string {
  if (!run) return '';
  const label = `${cell(run.id)}${run.attempt > 1 ? `, attempt ${run.attempt}` : ''}`;
  return repository !== '' && /^\d+$/.test(run.id)
    ? `[${label}](${serverUrl}/${repository}/actions/runs/${run.id}/attempts/${run.attempt})`
    : label;
}

/** A longer name or message is shortened in the table. The log contains all of it. */
const MAX_CELL_BYTES = 500;

/** Escapes text that others wrote (names, metrics, messages): it must not act as markup, break the table or reverse its text. */
function cell(text: string): string {
  return withoutMarkup(oneLine(text, MAX_CELL_BYTES));
}

function code(text: string): string {
  return oneLine(text, MAX_CELL_BYTES).replaceAll('`', "'").replaceAll('|', '\\|');
}
