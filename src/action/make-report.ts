/** Makes what all reports are made from, in main and in post. */
import { judge } from '../gate/judge.ts';
import type { Log } from '../log.ts';
import type { FinishedRun } from '../model/finished-run.ts';
import type { Report } from '../model/report.ts';
import type { EvalResult, Results } from '../model/results.ts';
import {
  type EvalSamples,
  NO_TEXTS,
  type Sample,
  type SamplesByEval,
  type SamplesText,
  type SampleTexts,
} from '../model/sample.ts';
import { summarize } from '../report/results.ts';
import { limitBaselineTexts } from './baseline-texts.ts';
import { pathInCheckout } from './checkout-path.ts';
import type { RunContext } from './context.ts';
import type { Gate } from './input/gate.ts';
import { pricingOf } from './prices.ts';

export interface ReportRequest {
  /** Its samples have only texts that may leave the runner. */
  readonly run: FinishedRun;
  readonly gate: Gate;
  readonly samplesText: SamplesText;
  readonly context: RunContext;
  readonly log: Log;
}

/** The same in main, in post and in the merge of shards: prices come from the facts of the run, too. */
export async function makeReport({ run, gate, samplesText, context, log }: ReportRequest): Promise<Report> {
  const { rules, baseline } = gate;
  const redact = (text: string) => log.redact(text);
  const results = publicResults(summarize(run, await pricingOf(run)), context.workspace, redact);
  const { samples } = run;
  const { serverUrl, repository, runId } = context;
  return {
    results,
    verdict: judge({ results, samples, rules, baseline }),
    samples: allRedacted(samples, redact),
    baselineSamples: allRedacted(limitBaselineTexts(samplesOf(baseline), samples, samplesText), redact),
    links: { serverUrl, repository, runId: /^\d+$/.test(runId) ? runId : '' },
  };
}

function samplesOf(baseline: Gate['baseline']): SamplesByEval {
  return (baseline?.kind === 'usable' ? baseline.samples : undefined) ?? new Map();
}

/** Without secrets, and with the user's own files relative to the checkout. */
function publicResults(results: Results, workspace: string, redact: (text: string) => string): Results {
  return {
    ...results,
    args: results.args.map(redact),
    evals: results.evals.map((each) => publicEval(each, workspace, redact)),
  };
}

function publicEval(result: EvalResult, workspace: string, redact: (text: string) => string): EvalResult {
  const { error, decision, note, metrics } = result;
  return {
    ...result,
    metrics: Object.fromEntries(
      Object.entries(metrics).map(([name, value]) => [
        name,
        typeof value === 'string' ? redact(value) : value,
      ]),
    ),
    note: redact(note),
    decision: decision && { ...decision, reason: redact(decision.reason) },
    error: error && {
      ...error,
      message: redact(error.message),
      place: error.place && {
        ...error.place,
        file: pathInCheckout(error.place.file, workspace) ?? error.place.file,
      },
      lastLines: error.lastLines.map(redact),
    },
  };
}

function allRedacted(samples: SamplesByEval, redact: (text: string) => string): SamplesByEval {
  return new Map([...samples].map(([key, each]) => [key, redacted(each, redact)]));
}

/** Several writers read the texts of the first samples of an eval. */
const MAX_KNOWN = 20;

function redacted(whole: EvalSamples, redact: (text: string) => string): EvalSamples {
  const known = new Map<Sample, SampleTexts>();
  return {
    samples: whole.samples,
    texts(sample) {
      const texts = known.get(sample) ?? redactedTexts(whole.texts(sample), redact);
      if (texts !== NO_TEXTS && known.size < MAX_KNOWN) known.set(sample, texts);
      return texts;
    },
  };
}

function redactedTexts(texts: SampleTexts, redact: (text: string) => string): SampleTexts {
  if (texts === NO_TEXTS) return NO_TEXTS;
  const entries = Object.entries(texts).map(([name, text]) => [name, text === null ? null : redact(text)]);
  return Object.fromEntries(entries) as unknown as SampleTexts;
}
