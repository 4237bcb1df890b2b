/** Mistakes in the arguments of the classes of evals and completion functions. */
import type { Misconfiguration } from './misconfiguration.ts';
import { CLASSIFY, grade, gradedEval, MATCH, ownEval, ownRegistry, SAMPLE } from './own-registry.ts';

const OWN_CLASS = `import evals

class Own(evals.Eval):
    def __init__(self, completion_fns, threshold, *args, **kwargs):
        super().__init__(completion_fns, *args, **kwargs)
        self.threshold = threshold

    def eval_sample(self, sample, rng):
        pass

    def run(self, recorder):
        return {}

class WithoutRun(evals.Eval):
    def eval_sample(self, sample, rng):
        pass
`;

const FUNCTION = `class Fixed:
    def __init__(self, answer, registry=None):
        self.answer = answer

    def __call__(self, prompt, **kwargs):
        return self

    def get_completions(self):
        return [self.answer]

class Closed:
    def __init__(self, answer):
        pass

    def __call__(self, prompt, **kwargs):
        pass
`;

const completionFn = (cls: string, args: object) => ({
  'registry/completion_fns/own-fn.yaml': JSON.stringify({ 'own-fn': { class: cls, args } }),
  'modules/own_fn.py': FUNCTION,
});

export const classArgumentMistakes: readonly Misconfiguration[] = [
  {
    title: 'a misspelt argument that the class of the eval needs',
    files: ownRegistry(MATCH, { sample_jsonl: 'own.jsonl' }, { 'registry/data/own.jsonl': SAMPLE }),
    says: `The eval set own cannot run. A problem was found:
- class-arguments: own.dev.v0: class evals.elsuite.basic.match:Match needs the argument samples_jsonl (args has sample_jsonl)
What to do: Correct these evals in their registry files, their classes, or --extra_eval_params in the input args. [PLAN_INVALID]`,
  },
  {
    title: 'an argument that the class of the eval does not take',
    files: ownEval({ args: { max_token: 100 } }),
    says: `The eval set own cannot run. A problem was found:
- class-arguments: own.dev.v0: class evals.elsuite.basic.match:Match does not take the argument max_token (did you mean max_tokens?)
What to do: Correct these evals in their registry files, their classes, or --extra_eval_params in the input args. [PLAN_INVALID]`,
  },
  {
    title: 'an argument of --extra_eval_params that the class of the eval does not take',
    inputs: { args: '--extra_eval_params temperature=0' },
    files: ownEval({}),
    says: `The eval set own cannot run. A problem was found:
- class-arguments: own.dev.v0: class evals.elsuite.basic.match:Match does not take the argument temperature
What to do: Correct these evals in their registry files, their classes, or --extra_eval_params in the input args. [PLAN_INVALID]`,
  },
  {
    title: 'an argument of --extra_eval_params that oaieval passes itself',
    inputs: { args: '--extra_eval_params seed=1' },
    files: ownEval({}),
    says: `The eval set own cannot run. A problem was found:
- invalid-argument: --extra_eval_params: oaieval passes seed to each eval itself
What to do: Correct the input args. [PLAN_INVALID]`,
  },
  {
    title: 'a model-graded eval without samples_jsonl',
    files: ownRegistry(CLASSIFY, { modelgraded_spec: 'grade', eval_type: 'cot_classify' }, grade()),
    says: `The eval set own cannot run. A problem was found:
- class-arguments: own.dev.v0: class evals.elsuite.modelgraded.classify:ModelBasedClassify cannot run: the argument samples_jsonl is missing
What to do: Correct these evals in their registry files, their classes, or --extra_eval_params in the input args. [PLAN_INVALID]`,
  },
  {
    title: 'samples_jsonl that is a list',
    files: ownEval({ args: { samples_jsonl: ['own.jsonl'] } }),
    says: `The eval set own cannot run. A problem was found:
- class-arguments: own.dev.v0: class evals.elsuite.basic.match:Match cannot run: the argument samples_jsonl is a list, but must be the name of a file
What to do: Correct these evals in their registry files, their classes, or --extra_eval_params in the input args. [PLAN_INVALID]`,
  },
  {
    title: 'a class of the user without an argument that it needs',
    files: ownEval({ cls: 'own:Own', files: { 'modules/own.py': OWN_CLASS } }),
    says: `The eval set own cannot run. A problem was found:
- class-arguments: own.dev.v0: class own:Own needs the argument threshold (args has samples_jsonl)
What to do: Correct these evals in their registry files, their classes, or --extra_eval_params in the input args. [PLAN_INVALID]`,
  },
  {
    title: 'a class of the user with an argument that its base class does not take',
    files: ownEval({
      cls: 'own:Own',
      args: { threshold: 1, treshold: 2 },
      files: { 'modules/own.py': OWN_CLASS },
    }),
    says: `The eval set own cannot run. A problem was found:
- class-arguments: own.dev.v0: class own:Own does not take the argument treshold (did you mean threshold?)
What to do: Correct these evals in their registry files, their classes, or --extra_eval_params in the input args. [PLAN_INVALID]`,
  },
  {
    title: 'a class of the user without the method run',
    files: ownEval({ cls: 'own:WithoutRun', files: { 'modules/own.py': OWN_CLASS } }),
    says: `The eval set own cannot run. A problem was found:
- class-arguments: own.dev.v0: class own:WithoutRun does not define run, which its base class demands
What to do: Correct these evals in their registry files, their classes, or --extra_eval_params in the input args. [PLAN_INVALID]`,
  },
  {
    title: 'two completion functions for a class that takes one',
    inputs: { model: 'gpt-4,gpt-4o' },
    files: ownEval({}),
    says: `The eval set own cannot run. A problem was found:
- completion-fn-count: own.dev.v0: class evals.elsuite.basic.match:Match cannot run with 'gpt-4,gpt-4o': Match only supports one completion fn
What to do: Several names in the input model are the completion functions of each eval, not a matrix. To compare models, run a job for each, for example with a matrix. To have another model grade the answers of model-graded evals, name it in the input judge-model. [PLAN_INVALID]`,
  },
  {
    title: 'num_few_shot without few_shot_jsonl',
    files: ownEval({ args: { num_few_shot: 2 } }),
    says: `The eval set own cannot run. 2 problems were found:
- class-arguments: own.dev.v0: class evals.elsuite.basic.match:Match cannot run: the argument num_few_shot is 2, but the argument few_shot_jsonl is missing
- invalid-sample: own.dev.v0: registry/data/own.jsonl:1: "input" is a text, but must be a list of messages, because the argument num_few_shot is set
What to do: Correct these evals in their registry files, their classes, or --extra_eval_params in the input args. Correct these samples. The class of the eval cannot run with them. [PLAN_INVALID]`,
  },
  {
    title: 'num_few_shot that is a text',
    files: ownEval({ args: { num_few_shot: 'two' } }),
    says: `The eval set own cannot run. A problem was found:
- class-arguments: own.dev.v0: class evals.elsuite.basic.match:Match cannot run: the argument num_few_shot is a text, but must be a number
What to do: Correct these evals in their registry files, their classes, or --extra_eval_params in the input args. [PLAN_INVALID]`,
  },
  {
    title: 'a misspelt eval_type',
    files: gradedEval('{"input": "1+1"}\n', { eval_type: 'cot_clasify' }),
    says: `The eval set own cannot run. A problem was found:
- class-arguments: own.dev.v0: class evals.elsuite.modelgraded.classify:ModelBasedClassify cannot run: the argument eval_type is cot_clasify, but must be one of classify, classify_cot, cot_classify, cot_classify_jp
What to do: Correct these evals in their registry files, their classes, or --extra_eval_params in the input args. [PLAN_INVALID]`,
  },
  {
    title: 'a model-graded eval without an eval_type',
    files: gradedEval('{"input": "1+1"}\n', { eval_type: null }),
    says: `The eval set own cannot run. A problem was found:
- class-arguments: own.dev.v0: class evals.elsuite.modelgraded.classify:ModelBasedClassify cannot run: neither the argument eval_type nor the spec grade says how the judge answers
What to do: Correct these evals in their registry files, their classes, or --extra_eval_params in the input args. [PLAN_INVALID]`,
  },
  {
    title: 'a misspelt match_fn',
    files: gradedEval('{"input": "1+1"}\n', { match_fn: 'includes' }),
    says: `The eval set own cannot run. A problem was found:
- class-arguments: own.dev.v0: class evals.elsuite.modelgraded.classify:ModelBasedClassify cannot run: the argument match_fn is includes, but must be one of include, exact, endswith, starts_or_endswith
What to do: Correct these evals in their registry files, their classes, or --extra_eval_params in the input args. [PLAN_INVALID]`,
  },
  {
    title: 'sample_kwargs with a parameter that evals does not pass on',
    files: gradedEval('{"input": "1+1"}\n', { sample_kwargs: { top_p: 1 } }),
    says: `The eval set own cannot run. A problem was found:
- class-arguments: own.dev.v0: class evals.elsuite.modelgraded.classify:ModelBasedClassify cannot run: the argument sample_kwargs has top_p, but may only have max_tokens, temperature, n_samples, completion_kwargs
What to do: Correct these evals in their registry files, their classes, or --extra_eval_params in the input args. [PLAN_INVALID]`,
  },
  {
    title: 'multicomp_n without an output_template',
    files: gradedEval('{"input": "1+1"}\n', { multicomp_n: 2 }),
    says: `The eval set own cannot run. A problem was found:
- class-arguments: own.dev.v0: class evals.elsuite.modelgraded.classify:ModelBasedClassify cannot run: the argument multicomp_n is 2, but the spec grade has no output_template
What to do: Correct these evals in their registry files, their classes, or --extra_eval_params in the input args. [PLAN_INVALID]`,
  },
  {
    title: 'a choice with punctuation',
    files: gradedEval('{"input": "1+1"}\n', {}, { choice_strings: ['Yes', 'No.'] }),
    says: `The eval set own cannot run. A problem was found:
- class-arguments: own.dev.v0: class evals.elsuite.modelgraded.classify:ModelBasedClassify cannot run: the spec grade has the choice No. in choice_strings, but a choice must not have punctuation
What to do: Correct these evals in their registry files, their classes, or --extra_eval_params in the input args. [PLAN_INVALID]`,
  },
  {
    title: 'a single brace in the prompt of a model-graded spec',
    files: gradedEval('{"input": "1+1"}\n', {}, { prompt: 'Is {completion} right? } Say {"answer": "Yes"}' }),
    says: `The eval set own cannot run. A problem was found:
- class-arguments: own.dev.v0: class evals.elsuite.modelgraded.classify:ModelBasedClassify cannot run: the prompt of the spec grade has braces that are not a placeholder (Single '}' encountered in format string); write {{ and }} for braces
What to do: Correct these evals in their registry files, their classes, or --extra_eval_params in the input args. [PLAN_INVALID]`,
  },
  {
    title: 'a completion function without an argument that it needs',
    inputs: { model: 'own-fn' },
    files: { ...ownEval({}), ...completionFn('own_fn:Fixed', { anwser: '2' }) },
    says: `The eval set own cannot run. A problem was found:
- completion-fn-arguments: own-fn: class own_fn:Fixed needs the argument answer (args has anwser)
What to do: Correct the completion function in its registry file, its class, or --completion_args in the input args. [PLAN_INVALID]`,
  },
  {
    title: 'a completion function with an argument that it does not take',
    inputs: { model: 'own-fn', args: '--completion_args temperature=0' },
    files: { ...ownEval({}), ...completionFn('own_fn:Fixed', { answer: '2' }) },
    says: `The eval set own cannot run. A problem was found:
- completion-fn-arguments: own-fn: class own_fn:Fixed does not take the argument temperature
What to do: Correct the completion function in its registry file, its class, or --completion_args in the input args. [PLAN_INVALID]`,
  },
  {
    title: 'a completion function that does not take the registry',
    inputs: { model: 'own-fn' },
    files: { ...ownEval({}), ...completionFn('own_fn:Closed', { answer: '2' }) },
    says: `The eval set own cannot run. A problem was found:
- completion-fn-arguments: own-fn: class own_fn:Closed does not take the argument registry, which evals passes to it
What to do: Correct the completion function in its registry file, its class, or --completion_args in the input args. [PLAN_INVALID]`,
  },
  {
    title: 'an argument of --completion_args for a model',
    inputs: { args: '--completion_args temperature=0' },
    files: ownEval({}),
    says: `The eval set own cannot run. A problem was found:
- invalid-argument: --completion_args: the completion function of gpt-4o does not take the argument temperature
What to do: Correct the input args. [PLAN_INVALID]`,
  },
  {
    title: 'a model in --completion_args',
    inputs: { args: '--completion_args model=gpt-4' },
    files: ownEval({}),
    says: `The eval set own cannot run. A problem was found:
- invalid-argument: --completion_args: evals passes model itself, so it must not be given
What to do: Correct the input args. [PLAN_INVALID]`,
  },
];
