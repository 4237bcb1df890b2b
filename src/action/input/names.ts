/** Reads the inputs that name models and the eval set. All errors are ActionErrors that name the input. */
import { isAbsolute } from 'node:path';
import { getInput } from '@actions/core';
import { ActionError } from '../../errors.ts';
import { EXAMPLE_MODEL } from '../../example-model.ts';
import { shareChanged } from '../../model/similar-names.ts';
import { firstInvisible } from '../../text.ts';
import { invalid, SEVERAL_LINES, text } from './text.ts';

const MODEL = `Set model to the model to evaluate, for example ${EXAMPLE_MODEL}.`;
const JUDGE = `Set judge-model to the model that grades model-graded evals, for example ${EXAMPLE_MODEL}.`;
const EVAL_SET = 'Set eval-set to the name of an eval set of the registry, for example test-basic.';

/** Blanks around the commas are removed, because `oaieval` would take them as parts of the names. */
export function modelInput(env: NodeJS.ProcessEnv): string {
  const value = required('model', MODEL, env);
  rejectText('model', value, MODEL, 'Write all names in one line, separated by commas.');
  const names = value.split(',').map((name) => name.trim());
  if (names.includes('')) {
    const next =
      'Remove the comma, or add the name that is missing. An expression beside the comma may be empty.';
    throw invalid('model', value, 'a name beside a comma is missing', next);
  }
  for (const name of names) {
    const wrong = whyNoFileName(name);
    if (wrong) throw invalid('model', value, wrong, MODEL);
  }
  const model = names.join(',');
  if (isTooLong(model, getInput('eval-set'))) {
    const next = 'Use a shorter model name or eval set name.';
    throw invalid('model', model, 'it is too long for a file name together with eval-set', next);
  }
  return model;
}

/** As long as a name that completion records can have, and far longer than any model's. */
const MAX_JUDGE_BYTES = 1024;

/** Empty when the input is. */
export function judgeModelInput(): string {
  const value = text('judge-model', SEVERAL_LINES);
  if (value === '') return value;
  rejectText('judge-model', value, JUDGE, 'One model grades all answers.');
  if (value.includes(','))
    throw invalid('judge-model', value, 'it contains a comma, but one model grades all answers', JUDGE);
  if (Buffer.byteLength(value) > MAX_JUDGE_BYTES)
    throw invalid('judge-model', value, `it is longer than ${MAX_JUDGE_BYTES} bytes`, JUDGE);
  return value;
}

export function evalSetInput(env: NodeJS.ProcessEnv): string {
  const value = required('eval-set', EVAL_SET, env);
  rejectText('eval-set', value, EVAL_SET, ONE_SET);
  if (value.includes(',')) throw invalid('eval-set', value, 'it contains a comma', ONE_SET);
  if (/\.(ya?ml|jsonl?)$/i.test(value))
    throw invalid('eval-set', value, 'it is the name of a file', nextForFile(value));
  const wrong = whyNoFileName(value);
  if (wrong) throw invalid('eval-set', value, wrong, EVAL_SET);
  return value;
}

const ONE_SET = 'A step runs one eval set. To run several, use a matrix or several steps.';

/** Proposes the name that the file probably gives to the set, and the registry that the file is in. */
function nextForFile(path: string): string {
  const [, registry, name = ''] = /^(?:(.*?)\/?\beval_sets\/)?(?:.*\/)?([^/]+?)\.\w+$/.exec(path) ?? [];
  const set = `Set eval-set to the name that the file gives to the set, such as ${name}`;
  return registry ? `${set}, and registry-path to ${registry}.` : `${set}.`;
}

function required(name: string, next: string, env: NodeJS.ProcessEnv): string {
  const value = text(name, SEVERAL_LINES);
  if (value !== '') return value;
  const given = misspelt(name, env);
  throw new ActionError(
    'INPUT_MISSING',
    given
      ? `The input ${name} is missing. The step sets ${given}, which is not an input.`
      : `The input ${name} is missing.`,
    given ? `Write ${name} instead of ${given}.` : next.replace('Set', 'Under "with:", set'),
  );
}

/** An input that was given and looks like this one. The runner passes inputs that the action does not have, too. */
function misspelt(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const given = Object.keys(env).flatMap((key) =>
    key.startsWith('INPUT_') && env[key] ? [key.slice(6).toLowerCase()] : [],
  );
  return given.find((each) => each !== name && shareChanged(each, name) <= 0.25);
}

/** What no name of a model or an eval set contains. */
function rejectText(name: string, value: string, next: string, oneLine: string): void {
  if (/[\r\n]/.test(value)) throw invalid(name, value, 'it has several lines', oneLine);
  const invisible = firstInvisible(value);
  if (invisible !== undefined)
    throw invalid(name, value, `it contains the invisible character ${invisible}`, next);
  const inside = /^(["'`\u2018\u201c])(.*)["'`\u2019\u201d]$/u.exec(value)?.[2];
  if (inside !== undefined)
    throw invalid(name, value, 'it is in quotes', `Set ${name} to ${inside} without quotes.`);
  if (/^\$\{?\w+\}?$|\$\{\{|\}\}/.test(value)) {
    const variable = /^\$\{?(\w+)\}?$/.exec(value)?.[1];
    const expression =
      variable === undefined
        ? 'Correct the expression.'
        : `Write \${{ env.${variable} }}, because no shell reads inputs.`;
    throw invalid(name, value, 'it is an expression that was not evaluated', expression);
  }
  if (/^[a-z][a-z+.-]*:\/\//i.test(value))
    throw invalid(name, value, 'it is a URL', `${next} The variable OPENAI_BASE_URL names a server.`);
}

/** Model and eval set are parts of a file name. */
function whyNoFileName(value: string): string | undefined {
  if (isAbsolute(value)) return 'it is an absolute path';
  if (value.split('/').includes('..')) return 'it contains ".."';
  if (value.split('/').some((part) => part === '' || part === '.'))
    return 'it contains an empty or "." path part';
  if (value.startsWith('-')) return 'it starts with "-", which oaieval would read as an option';
  return undefined;
}

/** The longest file name is that of a quarantined progress file: `{model}.{eval_set}.progress.txt.rejected-<time>`. */
function isTooLong(model: string, evalSet: string): boolean {
  const longest = `${model}.${evalSet}`.split('/').map((part) => Buffer.byteLength(part));
  return Math.max(...longest) > 255 - '.progress.txt.rejected-20260101T000000Z-10'.length;
}
