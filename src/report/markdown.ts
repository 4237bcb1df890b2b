/** The job summary: a headline and one table, in GitHub's Markdown. Pure. */
import { duration, metricText, wholeNumber } from './format.ts';
import type { ResultRow, Results } from './results.ts';

export interface RunLink {
  readonly repository: string;
  readonly serverUrl: string;
}

const STATUS = { fresh: '✅ fresh', reused: '♻️ reused', failed: '❌ failed', pending: '⏳ pending' } as const;

/** GitHub shows at most 1 MiB of summary; rows beyond this many are counted instead. */
const MOST_ROWS = 2000;

export function renderMarkdown(results: Results, link: RunLink, notes: readonly string[] = []): string {
  const shown = results.rows.slice(0, MOST_ROWS);
  const hidden = results.rows.length - shown.length;
  return [
    `## ${headline(results)}`,
    '',
    `\`${code(results.model)}\` on \`${code(results.evalSet)}\`: ${countsLine(results)}`,
    '',
    ...trafficLine(results),
    ...notes.flatMap((note) => [`> ${cell(note)}`, '']),
    '| Eval | Status | Main metric | Samples | Time | Run |',
    '| :--- | :--- | :--- | ---: | ---: | :--- |',
    ...shown.map((row) => tableRow(row, link)),
    ...(hidden > 0 ? ['', `… and ${wholeNumber(hidden)} more.`] : []),
    '',
  ].join('\n');
}

export function headline({ verdict, counts }: Results): string {
  const { total, completed, failed, pending } = counts;
  const evals = (n: number) => `${wholeNumber(n)} eval${n === 1 ? '' : 's'}`;
  if (verdict === 'passed') return `✅ All ${evals(total)} done`;
  if (verdict === 'failed')
    return `❌ ${evals(failed)} failed, ${wholeNumber(completed)} of ${wholeNumber(total)} done`;
  return `⏳ Incomplete: ${wholeNumber(completed)} of ${evals(total)} done, ${wholeNumber(pending)} pending`;
}

function countsLine({ counts }: Results): string {
  const parts = (['fresh', 'reused', 'failed', 'pending'] as const)
    .filter((status) => counts[status] > 0)
    .map((status) => `${wholeNumber(counts[status])} ${status}`);
  return parts.length > 0 ? `${parts.join(', ')}.` : 'nothing to do.';
}

function trafficLine({ traffic }: Results): string[] {
  const { sent, replayed, retried, failed, tokensSent } = traffic;
  if (sent + replayed === 0) return [];
  const requests = [
    `${wholeNumber(sent)} sent`,
    `${wholeNumber(replayed)} answered from the journal`,
    ...(retried > 0 ? [`${wholeNumber(retried)} retries`] : []),
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

function tableRow(row: ResultRow, link: RunLink): string {
  const metric = row.metric
    ? `${cell(row.metric.name)} **${cell(metricText(row.metric.value))}**`
    : cell(row.note);
  const samples = row.samples === null ? '' : wholeNumber(row.samples);
  const time = row.time === undefined ? '' : duration(row.time);
  return `| \`${code(row.name)}\` | ${STATUS[row.status]} | ${metric} | ${samples} | ${time} | ${runCell(row, link)} |`;
}

function runCell({ run }: ResultRow, { repository, serverUrl }: RunLink): string {
  if (!run) return '';
  const label = `${cell(run.id)}${run.attempt > 1 ? `, attempt ${run.attempt}` : ''}`;
  return repository !== '' && /^\d+$/.test(run.id)
    ? `[${label}](${serverUrl}/${repository}/actions/runs/${run.id}/attempts/${run.attempt})`
    : label;
}

/** Text that others chose (names, metrics, messages) must not become markup, nor break the table. */
function cell(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c] ?? c)
    .replace(/[\\`*_{}[\]|~!#@]/g, (c) => `\\${c}`)
    .slice(0, 500);
}

function code(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('`', "'").replaceAll('|', '\\|');
}
