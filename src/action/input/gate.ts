/** Reads the inputs that decide whether the step passes. */
import { getInput } from '@actions/core';
import { ActionError } from '../../errors.ts';
import { whyOfOtherSet } from '../../gate/comparison/compare-with-baseline.ts';
import { parseRules } from '../../gate/rules/parse-rules.ts';
import { needsBaseline, type Rule } from '../../gate/rules/rule.ts';
import type { Baseline } from '../../model/baseline.ts';
import { shorten } from '../../text.ts';
import { fromWorkingDirectory } from './directories.ts';
import { MAX_SHOWN_BYTES, SEVERAL_LINES, text } from './text.ts';

/** What a run is judged by. */
export interface Gate {
  readonly rules: readonly Rule[];
  /** Undefined when the input baseline is empty. */
  readonly baseline: Baseline | undefined;
}

/** @throws ActionError INPUT_INVALID when a rule is wrong */
export async function gateInputs(): Promise<Gate> {
  const rules = parseRules(text('thresholds', SEVERAL_LINES));
  return { rules, baseline: await baselineInput() };
}

/** @throws ActionError INPUT_INVALID when a required rule needs a baseline that cannot be used; nothing has been paid yet */
export async function checkedGateInputs(): Promise<Gate> {
  const gate = await gateInputs();
  const [rule] = needsBaseline(gate.rules);
  if (!rule) return gate;
  const why = `The rule \`${rule.text}\` of the input thresholds compares with a baseline`;
  if (!gate.baseline)
    throw new ActionError(
      'INPUT_INVALID',
      `${why}, but the input baseline is empty.`,
      'Set baseline to the results.json of an approved run, or put "advisory:" before the rule.',
    );
  const fault = baselineFault(gate.baseline);
  if (!fault) return gate;
  const { path, problem, next } = fault;
  const shown = shorten(JSON.stringify(path), MAX_SHOWN_BYTES);
  throw new ActionError(
    'INPUT_INVALID',
    `${why}, but the input baseline is ${shown}, which cannot be used: ${problem}.`,
    next,
  );
}

/** What is known before the plan. Other versions of evals, of a spec or of a judge are found when evals are compared. */
export function baselineFault(
  baseline: Baseline,
): Omit<Extract<Baseline, { kind: 'unusable' }>, 'kind'> | undefined {
  if (baseline.kind === 'unusable') return baseline;
  // As it is written, because it may be wrong.
  const evalSet = getInput('eval-set');
  const problem = evalSet === '' ? undefined : whyOfOtherSet(baseline.results.evalSet, evalSet);
  const next = 'Set baseline to the results.json of an approved run of this set.';
  return problem === undefined ? undefined : { path: baseline.source.path, problem, next };
}

async function baselineInput(): Promise<Baseline | undefined> {
  const path = baselinePath();
  if (path === undefined) return undefined;
  // The schemas of a results.json take as long to make as the rest of the inputs to read, and few runs have a baseline.
  const { readBaseline } = await import('../../artifact/baseline.ts');
  return await readBaseline(path, text('baseline'));
}

/** Absolute; undefined when the input is empty. */
export function baselinePath(): string | undefined {
  const value = text('baseline');
  if (value === '') return undefined;
  return fromWorkingDirectory(value);
}
