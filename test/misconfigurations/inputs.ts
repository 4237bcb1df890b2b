/** Mistakes in the inputs that name models, evals and arguments of oaieval. */
import { EXAMPLE_MODEL } from '../../src/example-model.ts';
import type { Misconfiguration } from './misconfiguration.ts';

type Row = Omit<Misconfiguration, 'needsPlan'>;

const names: readonly Row[] = [
  {
    title: 'no model',
    inputs: { model: '' },
    says: `The input model is missing.
What to do: Under "with:", set model to the model to evaluate, for example ${EXAMPLE_MODEL}. [INPUT_MISSING]`,
  },
  {
    title: 'no eval set',
    inputs: { 'eval-set': '' },
    says: `The input eval-set is missing.
What to do: Under "with:", set eval-set to the name of an eval set of the registry, for example test-basic. [INPUT_MISSING]`,
  },
  {
    title: 'an input eval_set instead of eval-set',
    inputs: { 'eval-set': '' },
    env: { INPUT_EVAL_SET: 'own' },
    says: `The input eval-set is missing. The step sets eval_set, which is not an input.
What to do: Write eval-set instead of eval_set. [INPUT_MISSING]`,
  },
  {
    title: 'a model with a path part ..',
    inputs: { model: 'a/../b' },
    says: `The input model is "a/../b": it contains "..".
What to do: Set model to the model to evaluate, for example ${EXAMPLE_MODEL}. [INPUT_INVALID]`,
  },
  {
    title: 'an absolute path as the model',
    inputs: { model: '/etc/passwd' },
    says: `The input model is "/etc/passwd": it is an absolute path.
What to do: Set model to the model to evaluate, for example ${EXAMPLE_MODEL}. [INPUT_INVALID]`,
  },
  {
    title: 'an option as the model',
    inputs: { model: '--debug' },
    says: `The input model is "--debug": it starts with "-", which oaieval would read as an option.
What to do: Set model to the model to evaluate, for example ${EXAMPLE_MODEL}. [INPUT_INVALID]`,
  },
  {
    title: 'a model with a control character',
    inputs: { model: 'gpt\u0007-4' },
    says: `The input model is "gpt\\u0007-4": it contains the control character \\u0007.
What to do: Write model without it. [INPUT_INVALID]`,
  },
  {
    title: 'a model with an invisible character',
    inputs: { model: 'gpt\u200b-4' },
    says: `The input model is "gpt\\u200b-4": it contains the invisible character \\u200b.
What to do: Set model to the model to evaluate, for example ${EXAMPLE_MODEL}. [INPUT_INVALID]`,
  },
  {
    title: 'a model with an empty path part',
    inputs: { model: 'org//m' },
    says: `The input model is "org//m": it contains an empty or "." path part.
What to do: Set model to the model to evaluate, for example ${EXAMPLE_MODEL}. [INPUT_INVALID]`,
  },
  {
    title: 'a model in quotes',
    inputs: { model: '"gpt-4o"' },
    says: `The input model is "\\"gpt-4o\\"": it is in quotes.
What to do: Set model to gpt-4o without quotes. [INPUT_INVALID]`,
  },
  {
    title: 'the URL of a model',
    inputs: { model: 'https://api.openai.com/v1/models/gpt-4o' },
    says: `The input model is "https://api.openai.com/v1/models/gpt-4o": it is a URL.
What to do: Set model to the model to evaluate, for example ${EXAMPLE_MODEL}. The variable OPENAI_BASE_URL names a server. [INPUT_INVALID]`,
  },
  {
    title: 'models of which the last is missing',
    inputs: { model: 'gpt-4o,' },
    says: `The input model is "gpt-4o,": a name beside a comma is missing.
What to do: Remove the comma, or add the name that is missing. An expression beside the comma may be empty. [INPUT_INVALID]`,
  },
  {
    title: 'one model per line',
    inputs: { model: 'gpt-4\ngpt-4o' },
    says: `The input model is "gpt-4\\ngpt-4o": it has several lines.
What to do: Write all names in one line, separated by commas. [INPUT_INVALID]`,
  },
  {
    title: 'a variable of a shell as the model',
    inputs: { model: '$MODEL' },
    says: `The input model is "$MODEL": it is an expression that was not evaluated.
What to do: Write \${{ env.MODEL }}, because no shell reads inputs. [INPUT_INVALID]`,
  },
  {
    title: 'a model too long for a file name',
    inputs: { model: 'm'.repeat(230) },
    says: `The input model is "mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm … (shortened, 232 bytes) … mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm": it is too long for a file name together with eval-set.
What to do: Use a shorter model name or eval set name. [INPUT_INVALID]`,
  },
  {
    title: 'two judges',
    inputs: { 'judge-model': 'one,two' },
    says: `The input judge-model is "one,two": it contains a comma, but one model grades all answers.
What to do: Set judge-model to the model that grades model-graded evals, for example ${EXAMPLE_MODEL}. [INPUT_INVALID]`,
  },
  {
    title: 'a judge that is longer than a name can be',
    inputs: { 'judge-model': 'm'.repeat(1025) },
    says: `The input judge-model is "mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm … (shortened, 1,027 bytes) … mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm": it is longer than 1024 bytes.
What to do: Set judge-model to the model that grades model-graded evals, for example ${EXAMPLE_MODEL}. [INPUT_INVALID]`,
  },
  {
    title: 'a judge with an invisible character',
    inputs: { 'judge-model': 'gpt\u200b-4' },
    says: `The input judge-model is "gpt\\u200b-4": it contains the invisible character \\u200b.
What to do: Set judge-model to the model that grades model-graded evals, for example ${EXAMPLE_MODEL}. [INPUT_INVALID]`,
  },
  {
    title: 'wrong lines of model-map',
    inputs: { 'model-map': 'gpt-4-32k=live\ngpt-4-32k=other\ngpt-4o=live\nold' },
    says: `The input model-map has 3 wrong lines:
- "gpt-4-32k=other": gpt-4-32k is already replaced by an earlier line
- "gpt-4o=live": gpt-4o is the value of the input model, so set model to live instead
- "old": it has no "="
What to do: Write one "name=live model" a line, such as gpt-4-32k=<live model>: the name that evals have written into themselves, and the model to ask instead. [INPUT_INVALID]`,
  },
  {
    title: 'an eval set with a path part ..',
    inputs: { 'eval-set': '../x' },
    says: `The input eval-set is "../x": it contains "..".
What to do: Set eval-set to the name of an eval set of the registry, for example test-basic. [INPUT_INVALID]`,
  },
  {
    title: 'two eval sets',
    inputs: { 'eval-set': 'own, test-basic' },
    says: `The input eval-set is "own, test-basic": it contains a comma.
What to do: A step runs one eval set. To run several, use a matrix or several steps. [INPUT_INVALID]`,
  },
  {
    title: 'the file of an eval set',
    inputs: { 'eval-set': 'my-registry/eval_sets/mine.yaml' },
    says: `The input eval-set is "my-registry/eval_sets/mine.yaml": it is the name of a file.
What to do: Set eval-set to the name that the file gives to the set, such as mine, and registry-path to my-registry. [INPUT_INVALID]`,
  },
  {
    title: 'a file name as the eval set',
    inputs: { 'eval-set': 'mine.yml' },
    says: `The input eval-set is "mine.yml": it is the name of a file.
What to do: Set eval-set to the name that the file gives to the set, such as mine. [INPUT_INVALID]`,
  },
  {
    title: 'a glob with a control character',
    inputs: { exclude: 'a\u0007b' },
    says: `The input exclude is "a\\u0007b": it contains the control character \\u0007.
What to do: Write exclude without it. [INPUT_INVALID]`,
  },
];

const args: readonly Row[] = [
  {
    title: 'an unclosed quote in args',
    inputs: { args: '--user "me' },
    says: `The input args is "--user \\"me": a quote in it is not closed.
What to do: Close the quote, or put a backslash before a literal quote. [ARGS_INVALID]`,
  },
  {
    title: 'args with hyphens instead of underscores',
    inputs: { args: '--max-samples 20' },
    says: `The input args contains --max-samples, which oaieval does not have (did you mean --max_samples?).
What to do: Write --max_samples. [ARGS_INVALID]`,
  },
  {
    title: 'a misspelt argument',
    inputs: { args: '--extra_eval_parms a=1' },
    says: `The input args contains --extra_eval_parms, which oaieval does not have (did you mean --extra_eval_params?).
What to do: Write --extra_eval_params. [ARGS_INVALID]`,
  },
  {
    title: 'an argument with one hyphen',
    inputs: { args: '-max_samples=5' },
    says: `The input args contains -max_samples, which oaieval does not have (did you mean --max_samples?).
What to do: Write --max_samples. [ARGS_INVALID]`,
  },
  {
    title: 'an argument that begins with a dash',
    inputs: { args: '\u2013seed 5' },
    says: `The input args contains –seed, which oaieval does not have (did you mean --seed?).
What to do: Write --seed. [ARGS_INVALID]`,
  },
  {
    title: 'the argument --record_path',
    inputs: { args: '--record_path=x' },
    says: `The input args contains --record_path, which this action does not accept.
What to do: Remove it: the action itself writes a record file for every eval. [ARGS_INVALID]`,
  },
  {
    title: 'the argument --registry_path',
    inputs: { args: '--registry_path x' },
    says: `The input args contains --registry_path, which this action does not accept.
What to do: Use the input registry-path, with one path per line. [ARGS_INVALID]`,
  },
  {
    title: 'the argument --http-run',
    inputs: { args: '--http-run' },
    says: `The input args contains --http-run, which this action does not accept.
What to do: Remove it: it sends results elsewhere, so nothing could be resumed. [ARGS_INVALID]`,
  },
  {
    title: 'the argument --no-local-run',
    inputs: { args: '--no-local-run' },
    says: `The input args contains --no-local-run, which this action does not accept.
What to do: Remove it: it writes results to a database, so nothing could be resumed. [ARGS_INVALID]`,
  },
  {
    title: 'the argument --dry-run',
    inputs: { args: '--dry-run' },
    says: `The input args contains --dry-run, which this action does not accept.
What to do: Remove it: it records no results, so no eval would ever complete. [ARGS_INVALID]`,
  },
  {
    title: 'the argument --log_to_file',
    inputs: { args: '--log_to_file x' },
    says: `The input args contains --log_to_file, which this action does not accept.
What to do: Remove it: it hides the output that the action shows. [ARGS_INVALID]`,
  },
  {
    title: 'the argument --resume of oaievalset',
    inputs: { args: '--resume' },
    says: `The input args contains --resume, which this action does not accept.
What to do: Use the input resume instead: this is an argument of oaievalset. [ARGS_INVALID]`,
  },
  {
    title: 'the argument --no-exit-on-error of oaievalset',
    inputs: { args: '--no-exit-on-error' },
    says: `The input args contains --no-exit-on-error, which this action does not accept.
What to do: Use the input exit-on-error: false instead: this is an argument of oaievalset. [ARGS_INVALID]`,
  },
];

export const inputMistakes: readonly Misconfiguration[] = [...names, ...args].map((row) => ({
  ...row,
  needsPlan: false,
}));
