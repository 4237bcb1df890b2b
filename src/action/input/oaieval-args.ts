/** Reads the input `args`: further arguments of `oaieval`. Which values they may have is known to oaieval's own parser only. */
import { split } from 'shlex';
import { ActionError, oneError, reasonOf } from '../../errors.ts';
import { mostSimilar } from '../../model/similar-names.ts';
import { SEVERAL_LINES, text } from './text.ts';

const NAME = 'args';

/** Arguments that would move or hide results, or that an input replaces, each with the next step. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['--record_path', 'Remove it: the action itself writes a record file for every eval.'],
  ['--registry_path', 'Use the input registry-path, with one path per line.'],
  ['--http-run', 'Remove it: it sends results elsewhere, so nothing could be resumed.'],
  ['--no-local-run', 'Remove it: it writes results to a database, so nothing could be resumed.'],
  ['--dry-run', 'Remove it: it records no results, so no eval would ever complete.'],
  ['--log_to_file', 'Remove it: it hides the output that the action shows.'],
  ['--resume', 'Use the input resume instead: this is an argument of oaievalset.'],
  ['--no-resume', 'Use the input resume: false instead: this is an argument of oaievalset.'],
  ['--exit-on-error', 'Use the input exit-on-error: true instead: this is an argument of oaievalset.'],
  ['--no-exit-on-error', 'Use the input exit-on-error: false instead: this is an argument of oaievalset.'],
]);

/** Options of evals 3.0.1.post1 (`evals/cli/oaieval.py`, `get_parser`). Other versions may have others. */
const WITH_VALUE = [
  '--extra_eval_params',
  '--completion_args',
  '--max_samples',
  '--seed',
  '--user',
  '--http-run-url',
  '--http-batch-size',
  '--http-fail-percent-threshold',
];
const SWITCHES = ['cache', 'visible', 'debug', 'local-run', 'http-run', 'dry-run', 'dry-run-logging'];
const KNOWN = [
  ...WITH_VALUE,
  ...SWITCHES.flatMap((name) => [`--${name}`, `--no-${name}`]),
  ...REFUSED.keys(),
];

/** @throws ActionError ARGS_INVALID, which names every wrong argument */
export function oaievalArgs(): string[] {
  const value = text(NAME, SEVERAL_LINES);
  const words = wordsOf(value);
  const problems = [...new Set(words.map(optionOf))].flatMap((option) => {
    const next = REFUSED.get(option);
    if (next) return [refused(`contains ${option}, which this action does not accept`, next)];
    const meant =
      isOption(option) && !KNOWN.some((known) => known.startsWith(option)) && mostSimilar(option, KNOWN);
    if (!meant) return [];
    return [
      refused(`contains ${option}, which oaieval does not have (did you mean ${meant}?)`, `Write ${meant}.`),
    ];
  });
  if (problems.length > 0) throw oneError(problems);
  return words;
}

function wordsOf(value: string): string[] {
  try {
    return split(value);
  } catch (error) {
    const isQuote = /quot/i.test(reasonOf(error));
    throw new ActionError(
      'ARGS_INVALID',
      `The input ${NAME} is ${JSON.stringify(value)}: ${isQuote ? 'a quote in it is not closed' : 'a backslash ends it'}.`,
      isQuote
        ? 'Close the quote, or put a backslash before a literal quote.'
        : 'Remove the backslash, or write two.',
    );
  }
}

function optionOf(word: string): string {
  return word.split('=', 1)[0] ?? '';
}

/** Word processors make dashes of hyphens. A negative number is a value. */
function isOption(word: string): boolean {
  return /^[-\u2013\u2014][^\d.]/u.test(word);
}

function refused(why: string, next: string): ActionError {
  return new ActionError('ARGS_INVALID', `The input ${NAME} ${why}.`, next);
}
