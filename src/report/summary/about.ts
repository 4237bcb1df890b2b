/** The end of the summary: why evals ran again, what was changed in requests, who graded, versions and links. Pure. */
import { describeAdaptation, leavesOutTemperature } from '../../model/adaptation.ts';
import { counted, isOrAre, listed, wholeNumber } from '../../model/format.ts';
import type { Report } from '../../model/report.ts';
import type { EvalResult, Results } from '../../model/results.ts';
import { hasPrices } from '../costs.ts';
import { reusedAnswerLines } from '../describe-reused.ts';
import { describeComparison } from '../estimate-text.ts';
import { runUrl, webUrl } from '../links.ts';
import { code, inline } from '../markdown-text.ts';
import { rerunLines } from './reruns.ts';

export interface ReportPlaces {
  /** Where report.html can be opened or downloaded. */
  readonly reportUrl?: string | undefined;
  /** Where report.html is on the machine of the run. */
  readonly savedReportPath?: string | undefined;
}

export function aboutLines(report: Report, places: ReportPlaces): string[] {
  const { results } = report;
  return [
    '### About this run',
    '',
    ...[
      ...rerunLines(results.evals),
      ...originLines(report),
      ...reusedAnswerLines(results),
      ...judgeLines(results),
      ...adaptationLines(results.evals),
      ...replacedModelLines(results.evals),
      ...requestLines(results),
      ...priceLines(results),
      ...estimateLines(results),
      versionsLine(results),
      ...linkLines(report, places),
    ].map((line) => (line.startsWith('  ') ? line : `- ${line}`)),
    '',
  ];
}

/** More runs do not help a reader: the table has a link for each eval. */
const MAX_RUNS = 5;

/** `8 evals are reused from run 12`, the run with the most evals first. */
function originLines({ results, links }: Report): string[] {
  const runs = results.evals.flatMap(({ status, run }) => (status === 'reused' && run !== null ? [run] : []));
  const counts = countedEach(runs).toSorted(([, a], [, b]) => b - a);
  const hidden = counts.slice(MAX_RUNS).reduce((sum, [, count]) => sum + count, 0);
  return [
    ...counts.slice(0, MAX_RUNS).map(([{ id, attempt }, count]) => {
      const label = `${attempt > 1 ? `attempt ${attempt} of ` : ''}run ${inline(id, 40)}`;
      const url = runUrl(links, id, attempt);
      return `${counted(count, 'eval')} ${isOrAre(count)} reused from ${url === undefined ? label : `[${label}](${url})`}.`;
    }),
    ...(hidden > 0 ? [`${counted(hidden, 'eval')} ${isOrAre(hidden)} reused from earlier runs.`] : []),
  ];
}

/** Further judges, adaptations and names of models are only counted. */
const MAX_ITEMS = 10;

/** Who graded. Plain `oaievalset` may have completed an eval with another judge, but then under another command. */
function judgeLines({ evals, model }: Results): string[] {
  const judges = Map.groupBy(evals, ({ judge }) => judge);
  judges.delete(null);
  const shown = [...judges].slice(0, MAX_ITEMS).flatMap(([judge, graded]) => {
    if (judge === null) return [];
    const own = judge === model ? ', which graded its own answers' : '';
    return [`${counted(graded.length, 'model-graded eval')}: judge ${code(judge)}${own}.`];
  });
  const hidden = judges.size - shown.length;
  return [...shown, ...(hidden > 0 ? [`and ${counted(hidden, 'more judge')}`] : [])];
}

function adaptationLines(evals: readonly EvalResult[]): string[] {
  const adaptations = countedEach(evals.flatMap((each) => each.adaptations));
  if (adaptations.length === 0) return [];
  const own = countedEach(
    evals.flatMap((each) => [
      ...new Set(each.adaptations.filter(leavesOutTemperature).map(({ model }) => model)),
    ]),
  ).map(([model, count]) => `${code(model)} (${counted(count, 'eval')})`);
  return [
    'Requests were changed, because a model does not accept a parameter that the evals send:',
    ...items(
      adaptations.map(
        ([adaptation, count]) =>
          `${code(adaptation.model)}: ${inline(describeAdaptation(adaptation))} (${counted(count, 'eval')})`,
      ),
    ),
    ...(own.length > 0
      ? [
          `Sampled at the model's own temperature, so two runs may differ: ${own.slice(0, MAX_ITEMS).join(', ')}.`,
        ]
      : []),
  ];
}

function replacedModelLines(evals: readonly EvalResult[]): string[] {
  const replaced = countedEach(evals.flatMap((each) => Object.entries(each.replacedModels)));
  if (replaced.length === 0) return [];
  return [
    'Names of models that `model-map` replaced in requests:',
    ...items(
      replaced.map(([[name, live], count]) => `${code(name)}: ${code(live)} (${counted(count, 'eval')})`),
    ),
  ];
}

function items(lines: readonly string[]): string[] {
  const hidden = lines.length - MAX_ITEMS;
  return [...lines.slice(0, MAX_ITEMS), ...(hidden > 0 ? [`and ${wholeNumber(hidden)} more`] : [])].map(
    (line) => `  - ${line}`,
  );
}

/** Each different value, and how often it occurs. */
function countedEach<T>(values: readonly T[]): [value: T, count: number][] {
  const groups = Map.groupBy(values, (value) => JSON.stringify(value));
  return [...groups.values()].flatMap(([value, ...others]) =>
    value === undefined ? [] : [[value, others.length + 1] as [T, number]],
  );
}

function requestLines({ totals: { requests, tokens } }: Results): string[] {
  const { sent, replayed, retried, failed } = requests;
  if (sent + replayed === 0) return [];
  const parts = [
    `${wholeNumber(sent)} sent`,
    ...(replayed > 0 ? [`${wholeNumber(replayed)} replayed`] : []),
    ...(retried > 0 ? [`${wholeNumber(retried)} ${retried === 1 ? 'retry' : 'retries'}`] : []),
    ...(failed > 0 ? [`${wholeNumber(failed)} failed`] : []),
  ];
  const { prompt, completion, cached, reasoning } = tokens;
  const kinds = [
    `${wholeNumber(prompt)} prompt${cached > 0 ? ` (${wholeNumber(cached)} cached)` : ''}`,
    `${wholeNumber(completion)} completion${reasoning > 0 ? ` (${wholeNumber(reasoning)} reasoning)` : ''}`,
  ];
  const used = prompt + completion > 0 ? ` Tokens: ${kinds.join(', ')}.` : '';
  return [`Requests: ${parts.join(', ')}.${used}`];
}

/** Where the prices are from, and of which models none is known. */
function priceLines(results: Results): string[] {
  const { prices } = results;
  if (!prices) return [];
  const models = prices.unknown.map((name) => code(name));
  const unknown =
    models.length === 0
      ? []
      : [
          `No price is known of ${listed(models, MAX_ITEMS)}, so ${hasPrices(results) ? 'the cost is unknown' : 'no cost is shown'}. The input ${code('prices')} sets prices.`,
        ];
  if (!hasPrices(results)) return unknown;
  const source = prices.list
    ? `those of ${inline(prices.list.date, 40)}, unless ${code('prices')} sets others`
    : `set by ${code('prices')}`;
  return [[`Prices are ${source}.`, ...unknown].join(' ')];
}

function estimateLines(results: Results): string[] {
  const text = describeComparison(results);
  return text === undefined ? [] : [inline(text, 1000)];
}

function versionsLine({ versions: { action, evals, python } }: Results): string {
  return [
    `oaievalset-action ${inline(action, 100)}`,
    ...(evals === '' ? [] : [`evals ${inline(evals, 100)}`]),
    ...(python === null ? [] : [`Python ${inline(python, 100)}`]),
  ].join(', ');
}

function linkLines({ results, links }: Report, { reportUrl, savedReportPath }: ReportPlaces): string[] {
  const report = reportUrl === undefined ? undefined : webUrl(reportUrl);
  const log = runUrl(links, links.runId, links.runId === results.run.id ? results.run.attempt : undefined);
  return [
    ...(report === undefined ? [] : [`[Report with all samples](${report})`]),
    ...(report === undefined && savedReportPath
      ? [
          `Report with all samples, on the runner: ${code(savedReportPath)}. Upload it with actions/upload-artifact to keep it.`,
        ]
      : []),
    ...(log === undefined ? [] : [`[Run with its logs and artifacts](${log})`]),
  ];
}
