/** Which evals of a run a rule is about. */
import { listed } from '../../model/format.ts';
import type { EvalResult } from '../../model/results.ts';
import { mostSimilar } from '../../model/similar-names.ts';
import { oneLine } from '../../text.ts';
import { Glob, namesOf, plainText } from '../rules/glob.ts';

type NamedEval = Pick<EvalResult, 'key' | 'name'>;

/** Evals of the plan. An eval that is left out of the plan is not judged at all. */
export function plannedEvals(evals: readonly EvalResult[]): readonly EvalResult[] {
  return evals.filter(({ status }) => status !== 'excluded');
}

/** The planned evals that a glob matches. */
export function matchedEvals(glob: string, evals: readonly EvalResult[]): readonly EvalResult[] {
  return plannedEvals(matching(glob, evals));
}

/** Why a glob matches no planned eval; a whole sentence. */
export function whyUnmatched(glob: string, evals: readonly EvalResult[]): string {
  const leftOut = matching(glob, evals);
  if (leftOut.length > 0)
    return `${glob} matches only evals that include and exclude leave out: ${listed(leftOut.map(shownName), 3)}.`;
  const planned = plannedEvals(evals);
  const names = planned.flatMap(namesOf);
  const meant = mostSimilar(plainText(glob), names);
  if (meant !== undefined)
    return `No eval matches ${glob} (did you mean ${oneLine(meant, MAX_NAME_BYTES)}?).`;
  const all = planned.map(shownName);
  return `No eval matches ${glob}${all.length === 0 ? '' : `. The plan has ${listed(all, 3)}`}.`;
}

/** Those that a glob matches. */
export function matching<Named extends NamedEval>(glob: string, evals: readonly Named[]): readonly Named[] {
  const compiled = new Glob(glob);
  return evals.filter((each) => namesOf(each).some((name) => compiled.matches(name)));
}

const MAX_NAME_BYTES = 200;

/** The name of an eval inside a sentence. */
export function shownName({ name }: Pick<NamedEval, 'name'>): string {
  return oneLine(name, MAX_NAME_BYTES);
}
