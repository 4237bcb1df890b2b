/** Makes errors and warnings for the user from the problems of an eval set, and from failures of the planner. */
import { ActionError } from '../errors.ts';
import { listed } from '../model/format.ts';
import { oneLine } from '../text.ts';

export interface PlanProblem {
  readonly code: string;
  readonly subject: string;
  readonly message: string;
  /** Registered names that look like the subject. */
  readonly near: readonly string[];
  /** Lines of the input `exclude`: one for each eval with which the problem would be left out. */
  readonly exclude: readonly string[];
}

export function planFailed(what: string, cause?: unknown): ActionError {
  return new ActionError(
    'PLAN_FAILED',
    `The registry of evals could not be read: ${what}`,
    'Check that the input python names an interpreter in which `python -c "import evals.cli.oaieval"` works in this job.',
    { cause },
  );
}

/** A longer list does not help a reader, and GitHub cuts long annotations. */
const SHOWN_PROBLEMS = 100;
const SHOWN_SUBJECTS = 10;

/** One error that lists all problems, one on each line. Evals with the same problem share a line. */
export function planInvalid(evalSet: string, problems: readonly PlanProblem[]): ActionError {
  const groups = Map.groupBy(problems, ({ code, message, near }) => JSON.stringify([code, message, near]));
  const lines = [...groups.values()].map(describeGroup);
  const shown = lines.slice(0, SHOWN_PROBLEMS);
  if (lines.length > shown.length) shown.push(`and ${lines.length - shown.length} more`);
  const found = lines.length === 1 ? 'A problem was found' : `${lines.length} problems were found`;
  const hints = new Set(problems.map((problem) => HINTS.get(problem.code) ?? UNKNOWN_HINT));
  return new ActionError(
    'PLAN_INVALID',
    `The eval set ${oneLine(evalSet)} cannot run. ${found}:\n${shown.map((line) => `- ${line}`).join('\n')}${excludeLines(problems)}`,
    [...hints].join(' '),
  );
}

/** The lines of the workflow with which the set runs without the evals that cannot run. */
function excludeLines(problems: readonly PlanProblem[]): string {
  const globs = [...new Set(problems.flatMap(({ exclude }) => exclude))].map((glob) => oneLine(glob));
  const [only = ''] = globs;
  if (only === '') return '';
  const isPlain = globs.length === 1 && /^[A-Za-z][\w./-]*$/.test(only);
  const value = isPlain ? ` ${only}` : ` |\n${globs.map((glob) => `  ${glob}`).join('\n')}`;
  return `\nTo run the set without ${globs.length === 1 ? 'this eval' : 'these evals'}, add to the inputs:\nexclude:${value}`;
}

/** Warnings about an eval set that can run, one line each. */
export function describeWarnings(warnings: readonly PlanProblem[]): string[] {
  const groups = Map.groupBy(warnings, ({ code, message, near }) => JSON.stringify([code, message, near]));
  return [...groups.values()].slice(0, SHOWN_PROBLEMS).map(describeGroup);
}

function describeGroup(group: readonly PlanProblem[]): string {
  const [first] = group;
  if (first === undefined) return '';
  const subjects = [...new Set(group.map((problem) => oneLine(problem.subject)))];
  const guess =
    first.near.length === 0 ? '' : ` (did you mean ${first.near.map((name) => oneLine(name)).join(', ')}?)`;
  return `${first.code}: ${listed(subjects, SHOWN_SUBJECTS)}: ${oneLine(first.message)}${guess}`;
}

const NAMES_HINT = 'Correct the names, or add the registry that has them to the input registry-path.';
const GLOB_HINT =
  'Correct the inputs include and exclude. Each line is one glob, which must match the name or the key of an eval.';
const REGISTRY_HINT = 'Correct the registry files named above.';
const PATH_HINT = 'Correct the input registry-path. It is relative to the input working-directory.';
const UNKNOWN_HINT = 'Read the messages above.';

const HINTS: ReadonlyMap<string, string> = new Map([
  ['unknown-set', NAMES_HINT],
  ['unmatched-name', NAMES_HINT],
  ['missing-modelgraded', NAMES_HINT],
  [
    'eval-as-set',
    'Name an eval set in the input eval-set. The registry that has it goes into the input registry-path.',
  ],
  ['empty-set', 'Add evals to the eval set.'],
  ['unmatched-glob', GLOB_HINT],
  ['nothing-left', GLOB_HINT],
  ['duplicate-entry', REGISTRY_HINT],
  ['bad-registry', REGISTRY_HINT],
  ['bad-eval-name', REGISTRY_HINT],
  ['missing-registry-path', PATH_HINT],
  ['wrong-registry-path', PATH_HINT],
  ['repeated-key', REGISTRY_HINT],
  [
    'unknown-completion-fn',
    'Correct the input model or judge-model, or add the registry that has the name to the input registry-path.',
  ],
  ['unknown-class', 'Correct the class in the registry file.'],
  [
    'missing-package',
    'If it is a package, add it to the input extra-packages. If it is your own module, add its directory to PYTHONPATH in the env of the step.',
  ],
  [
    'module-not-on-path',
    'Add the directory to PYTHONPATH in the env of the step. oaieval does not search the working directory.',
  ],
  ['class-error', 'Correct the Python code named above. It must be possible to import it.'],
  ['missing-data', "Add the data files to the registry's data directory, or correct their names."],
  ['no-samples', 'Add samples to the file, or name the file that has them. Do not use --max_samples 0.'],
  ['unreadable-data', 'Replace the data files that cannot be read.'],
  [
    'invalid-json',
    'Correct the lines named above. Each line of a file of samples is one JSON value, in UTF-8.',
  ],
  ['invalid-sample', 'Correct these samples. The class of the eval cannot run with them.'],
  [
    'class-arguments',
    'Correct these evals in their registry files, their classes, or --extra_eval_params in the input args.',
  ],
  [
    'completion-fn-arguments',
    'Correct the completion function in its registry file, its class, or --completion_args in the input args.',
  ],
  ['lfs-pointer', 'Fetch the data with `git lfs pull`, or set `lfs: true` of actions/checkout.'],
  ['invalid-argument', 'Correct the input args.'],
  ['forbidden-argument', 'Remove the argument from the input args.'],
  ['empty-model-name', 'Correct the input model.'],
  [
    'completion-fn-count',
    'Several names in the input model are the completion functions of each eval, not a matrix. To compare models, run a job for each, for example with a matrix. To have another model grade the answers of model-graded evals, name it in the input judge-model.',
  ],
  [
    'planner-error',
    'If the registry and its classes are correct, report this as a bug in oaievalset-action.',
  ],
]);
