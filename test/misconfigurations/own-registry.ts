/** Registries of one eval, `own.dev.v0`, for rows. */

type Content = string | Buffer;

export const MATCH = 'evals.elsuite.basic.match:Match';
export const CLASSIFY = 'evals.elsuite.modelgraded.classify:ModelBasedClassify';

export const SAMPLE = '{"input": "1+1", "ideal": "2"}\n';

interface OwnEval {
  readonly cls?: string;
  /** Beside `samples_jsonl: own.jsonl`. */
  readonly args?: object;
  readonly samples?: Content;
  /** Further files. */
  readonly files?: Readonly<Record<string, Content>>;
}

export function ownEval({ cls = MATCH, args = {}, samples = SAMPLE, files = {} }: OwnEval) {
  return ownRegistry(
    cls,
    { samples_jsonl: 'own.jsonl', ...args },
    { 'registry/data/own.jsonl': samples, ...files },
  );
}

export function ownRegistry(cls: string, args: object, files: Readonly<Record<string, Content>>) {
  return {
    'registry/eval_sets/own.yaml': 'own:\n  evals: [own.dev.v0]\n',
    'registry/evals/own.yaml': JSON.stringify({ 'own.dev.v0': { class: cls, args } }),
    ...files,
  };
}

/** A model-graded spec `grade`. */
export function grade(fields: object = {}): Record<string, string> {
  const spec = {
    prompt: 'Is {completion} right for {input}?',
    choice_strings: ['Yes', 'No'],
    input_outputs: { input: 'completion' },
    ...fields,
  };
  return { 'registry/modelgraded/grade.yaml': JSON.stringify({ grade: spec }) };
}

/** An eval that the spec `grade` grades. */
export function gradedEval(samples: string, args: object = {}, spec: object = {}) {
  const all = { modelgraded_spec: 'grade', eval_type: 'cot_classify', ...args };
  return ownEval({ cls: CLASSIFY, args: all, samples, files: grade(spec) });
}
