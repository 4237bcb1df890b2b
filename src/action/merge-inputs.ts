/** Reads the inputs of merge/action.yml. */
import { resolve } from 'node:path';
import { ActionError } from '../errors.ts';
import { MAX_SHARDS } from '../model/shard.ts';
import { stateDirectoryInput, withHome } from './input/directories.ts';
import { checkedGateInputs } from './input/gate.ts';
import { readModelMap } from './input/model-map.ts';
import { evalSetInput, judgeModelInput, modelInput } from './input/names.ts';
import { oaievalArgs } from './input/oaieval-args.ts';
import { checkedReportInputs } from './input/report.ts';
import { invalid, lines, SEVERAL_LINES, text } from './input/text.ts';
import { wholeNumberOf } from './input/values.ts';
import { type Inputs, namesIn } from './inputs.ts';
import { readAll } from './read-all.ts';

/** Those that name the checkpoints of the shards, and those about the results of the whole set. */
export interface MergeInputs
  extends Pick<
    Inputs,
    | 'model'
    | 'judgeModel'
    | 'modelMap'
    | 'evalSet'
    | 'args'
    | 'registryPaths'
    | 'workingDirectory'
    | 'cacheKey'
    | 'gate'
    | 'report'
    | 'matrix'
    | 'stateDirectory'
  > {
  readonly shards: number;
}

/**
 * Nothing runs here, so the job needs no checkout, and the directories of the registry need not exist.
 * @param env the environment of the step
 * @throws ActionError that names every wrong input
 */
export function readMergeInputs(env: NodeJS.ProcessEnv): Promise<MergeInputs> {
  return readAll<MergeInputs>({
    shards,
    model: () => modelInput(env),
    judgeModel: judgeModelInput,
    modelMap: () => readModelMap({ model: namesIn('model'), 'judge-model': namesIn('judge-model') }),
    evalSet: () => evalSetInput(env),
    args: oaievalArgs,
    registryPaths: () => lines('registry-path'),
    workingDirectory: () => resolve(withHome(text('working-directory') || '.')),
    cacheKey: () => text('cache-key'),
    gate: checkedGateInputs,
    report: checkedReportInputs,
    matrix: () => text('matrix', SEVERAL_LINES),
    stateDirectory: stateDirectoryInput,
  });
}

function shards(): number {
  const value = text('shards');
  const next = 'Set shards to the number of shards: what is after the slash in their input shard.';
  if (value === '')
    throw new ActionError('INPUT_MISSING', 'The input shards is required and is not set.', next);
  const number = wholeNumberOf(value);
  if (number === 1)
    throw invalid(
      'shards',
      value,
      'a set with one shard has nothing to merge',
      'Remove this step and the input shard of the other one, which then judges and reports by itself.',
    );
  if (number !== undefined && number >= 2 && number <= MAX_SHARDS) return number;
  throw invalid('shards', value, `it is not a whole number from 2 to ${MAX_SHARDS}`, next);
}
