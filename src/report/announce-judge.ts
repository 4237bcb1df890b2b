/** Says, before anything runs, who grades the model-graded evals of the set. */
import type { Log } from '../log.ts';
import { completionFnsOf } from '../model/command.ts';
import { counted, listed } from '../model/format.ts';
import { gradesItself, judgeOf } from '../model/judge.ts';
import type { PlannedEval } from '../model/plan.ts';

/** The names of further evals are only counted. */
const SHOWN_EVALS = 10;

/** @param judgeModel the input; empty when the user left the choice to evals */
export function announceJudge(
  evals: readonly PlannedEval[],
  judgeModel: string,
  log: Pick<Log, 'info' | 'notice'>,
): void {
  const graded = evals.filter(({ modelGraded }) => modelGraded);
  const [first] = graded;
  if (!first) {
    if (judgeModel !== '')
      log.info('The input judge-model is not used, because no eval of the set is model-graded.');
    return;
  }
  const names = graded.map(({ name }) => name);
  const where = `${counted(graded.length, 'model-graded eval')}: ${listed(names, SHOWN_EVALS)}`;
  const judge = judgeOf(first);
  if (judgeModel === '' && gradesItself(first))
    log.notice(
      `The model ${judge} grades its own answers in ${where}. To have another model grade them, ${anotherJudge(first)}.`,
      'The model grades itself',
    );
  else log.info(`${judge} grades the answers in ${where}.`);
}

/** One more completion function can be too many for an eval that compares the answers of several. */
function anotherJudge({ command }: PlannedEval): string {
  return completionFnsOf(command).length === 1
    ? 'set the input judge-model'
    : 'name that model last in the input model';
}
