/** Mistakes in the samples of evals. */
import { zstdCompressSync } from 'node:zlib';
import type { Misconfiguration } from './misconfiguration.ts';
import { gradedEval, ownEval, ownRegistry, SAMPLE } from './own-registry.ts';

const CLASS = (name: string) => `evals.elsuite.basic.${name}`;

const OWN_CLASS = `import evals

class Own(evals.Eval):
    def eval_sample(self, sample, rng):
        return sample["question"]

    def run(self, recorder):
        samples = self.get_samples()
        self.eval_all_samples(recorder, samples)
        return {"accuracy": 1.0}
`;

export const dataMistakes: readonly Misconfiguration[] = [
  {
    title: 'a line of the samples that is not JSON',
    files: ownEval({ samples: `${SAMPLE}${SAMPLE}{"input": "1+1" "ideal": "2"}\n` }),
    says: `The eval set own cannot run. A problem was found:
- invalid-json: own.dev.v0: registry/data/own.jsonl:3:17: a comma or a closing bracket is expected
What to do: Correct the lines named above. Each line of a file of samples is one JSON value, in UTF-8. [PLAN_INVALID]`,
  },
  {
    title: 'five lines of the samples that are not JSON',
    files: ownEval({ samples: `${SAMPLE}${'{"input": 1+1}\n'.repeat(5)}` }),
    says: `The eval set own cannot run. 4 problems were found:
- invalid-json: own.dev.v0: registry/data/own.jsonl:2:12: a comma or a closing bracket is expected
- invalid-json: own.dev.v0: registry/data/own.jsonl:3:12: a comma or a closing bracket is expected
- invalid-json: own.dev.v0: registry/data/own.jsonl:4:12: a comma or a closing bracket is expected
- invalid-json: own.dev.v0: registry/data/own.jsonl: 2 further lines are not JSON either
What to do: Correct the lines named above. Each line of a file of samples is one JSON value, in UTF-8. [PLAN_INVALID]`,
  },
  {
    title: 'samples in one JSON array over several lines',
    files: ownEval({ samples: JSON.stringify([{ input: '1+1', ideal: '2' }], null, 2) }),
    says: `The eval set own cannot run. A problem was found:
- invalid-json: own.dev.v0: registry/data/own.jsonl:1:1: the file is one JSON array over several lines, but evals reads a JSON value from each line
What to do: Correct the lines named above. Each line of a file of samples is one JSON value, in UTF-8. [PLAN_INVALID]`,
  },
  {
    title: 'samples in one JSON array on one line',
    files: ownEval({ samples: JSON.stringify([{ input: '1+1', ideal: '2' }]) }),
    says: `The eval set own cannot run. A problem was found:
- invalid-sample: own.dev.v0: registry/data/own.jsonl:1: the sample is a list, but must be an object
What to do: Correct these samples. The class of the eval cannot run with them. [PLAN_INVALID]`,
  },
  {
    title: 'samples that are objects over several lines',
    files: ownEval({ samples: `${JSON.stringify({ input: '1+1', ideal: '2' }, null, 2)}\n`.repeat(2) }),
    says: `The eval set own cannot run. A problem was found:
- invalid-json: own.dev.v0: registry/data/own.jsonl:1:3: the JSON value does not end on this line, but each value has to be on one line
What to do: Correct the lines named above. Each line of a file of samples is one JSON value, in UTF-8. [PLAN_INVALID]`,
  },
  {
    title: 'a comment in the samples',
    files: ownEval({ samples: `# sums\n${SAMPLE}` }),
    says: `The eval set own cannot run. A problem was found:
- invalid-json: own.dev.v0: registry/data/own.jsonl:1:1: the line is a comment, which JSON does not have; remove it
What to do: Correct the lines named above. Each line of a file of samples is one JSON value, in UTF-8. [PLAN_INVALID]`,
  },
  {
    title: 'samples with a byte order mark',
    files: ownEval({ samples: `\ufeff${SAMPLE}` }),
    says: `The eval set own cannot run. A problem was found:
- invalid-json: own.dev.v0: registry/data/own.jsonl:1:1: the line begins with a byte order mark, which evals cannot read; save the file as UTF-8 without one
What to do: Correct the lines named above. Each line of a file of samples is one JSON value, in UTF-8. [PLAN_INVALID]`,
  },
  {
    title: 'samples in UTF-16',
    files: ownEval({ samples: Buffer.from(`\ufeff${SAMPLE}`, 'utf16le') }),
    says: `The eval set own cannot run. A problem was found:
- invalid-json: own.dev.v0: registry/data/own.jsonl:1:1: the file seems to be UTF-16, but evals reads UTF-8; save it as UTF-8
What to do: Correct the lines named above. Each line of a file of samples is one JSON value, in UTF-8. [PLAN_INVALID]`,
  },
  {
    title: 'samples in Windows-1252',
    files: ownEval({ samples: Buffer.from(`${SAMPLE}{"input": "caf\u00e9", "ideal": "2"}\n`, 'latin1') }),
    says: `The eval set own cannot run. A problem was found:
- invalid-json: own.dev.v0: registry/data/own.jsonl:2:15: the byte 0xE9 is not UTF-8; save the file as UTF-8
What to do: Correct the lines named above. Each line of a file of samples is one JSON value, in UTF-8. [PLAN_INVALID]`,
  },
  {
    title: 'a blank line between the samples',
    files: ownEval({ samples: `${SAMPLE}\n${SAMPLE}` }),
    says: `The eval set own cannot run. A problem was found:
- invalid-json: own.dev.v0: registry/data/own.jsonl:2:1: the line is blank, but evals reads a JSON value from each line; remove it
What to do: Correct the lines named above. Each line of a file of samples is one JSON value, in UTF-8. [PLAN_INVALID]`,
  },
  {
    title: 'a sample in single quotes',
    files: ownEval({ samples: `{'input': '1+1', 'ideal': '2'}\n` }),
    says: `The eval set own cannot run. A problem was found:
- invalid-json: own.dev.v0: registry/data/own.jsonl:1:2: a name in double quotes is expected, not single quotes
What to do: Correct the lines named above. Each line of a file of samples is one JSON value, in UTF-8. [PLAN_INVALID]`,
  },
  {
    title: 'a sample with a comma before the closing bracket',
    files: ownEval({ samples: `{"input": "1+1", "ideal": "2",}\n` }),
    says: `The eval set own cannot run. A problem was found:
- invalid-json: own.dev.v0: registry/data/own.jsonl:1:30: no comma may precede a closing bracket
What to do: Correct the lines named above. Each line of a file of samples is one JSON value, in UTF-8. [PLAN_INVALID]`,
  },
  {
    title: 'samples in CSV',
    files: ownRegistry(
      'evals.elsuite.basic.match:Match',
      { samples_jsonl: 'own.csv' },
      {
        'registry/data/own.csv': 'input,ideal\n1+1,2\n',
      },
    ),
    says: `The eval set own cannot run. A problem was found:
- invalid-json: own.dev.v0: registry/data/own.csv:1:1: the file is CSV, but evals reads JSON from each line of it
What to do: Correct the lines named above. Each line of a file of samples is one JSON value, in UTF-8. [PLAN_INVALID]`,
  },
  {
    title: 'samples that are compressed with zstd',
    files: ownRegistry(
      'evals.elsuite.basic.match:Match',
      { samples_jsonl: 'own.jsonl.zst' },
      {
        'registry/data/own.jsonl.zst': zstdCompressSync(SAMPLE),
      },
    ),
    says: `The eval set own cannot run. A problem was found:
- unreadable-data: own.dev.v0: own.jsonl.zst: the installed packages cannot read the lines of a .zst file; decompress it
What to do: Replace the data files that cannot be read. [PLAN_INVALID]`,
  },
  {
    title: 'a broken file in a directory of samples',
    files: ownRegistry(
      'evals.elsuite.basic.match:Match',
      { samples_jsonl: 'own' },
      {
        'registry/data/own/a.jsonl': SAMPLE,
        'registry/data/own/b.jsonl': '{"input": "1+1\n',
      },
    ),
    says: `The eval set own cannot run. A problem was found:
- invalid-json: own.dev.v0: registry/data/own/b.jsonl:1:15: the JSON value does not end on this line, but each value has to be on one line
What to do: Correct the lines named above. Each line of a file of samples is one JSON value, in UTF-8. [PLAN_INVALID]`,
  },
  {
    title: 'broken samples of a class of the user',
    files: ownEval({
      cls: 'own:Own',
      samples: '{"question": "1\\+1"}\n',
      files: { 'modules/own.py': OWN_CLASS },
    }),
    says: `The eval set own cannot run. A problem was found:
- invalid-json: own.dev.v0: registry/data/own.jsonl:1:16: a backslash in a text has to be written as \\\\
What to do: Correct the lines named above. Each line of a file of samples is one JSON value, in UTF-8. [PLAN_INVALID]`,
  },
  {
    title: 'a file without samples',
    files: ownEval({ samples: '' }),
    says: `The eval set own cannot run. A problem was found:
- no-samples: own.dev.v0: samples_jsonl: own.jsonl has no samples
What to do: Add samples to the file, or name the file that has them. Do not use --max_samples 0. [PLAN_INVALID]`,
  },
  {
    title: '--max_samples 0',
    inputs: { args: '--max_samples 0' },
    files: ownEval({}),
    says: `The eval set own cannot run. A problem was found:
- no-samples: --max_samples 0: no eval would get a sample, so there would be no result
What to do: Add samples to the file, or name the file that has them. Do not use --max_samples 0. [PLAN_INVALID]`,
  },
  {
    title: 'a sample without an input',
    files: ownEval({ samples: `${SAMPLE}{"question": "1+1", "ideal": "2"}\n` }),
    says: `The eval set own cannot run. A problem was found:
- invalid-sample: own.dev.v0: registry/data/own.jsonl:2: the sample has no "input"
What to do: Correct these samples. The class of the eval cannot run with them. [PLAN_INVALID]`,
  },
  {
    title: 'six samples without an ideal answer',
    files: ownEval({
      cls: CLASS('includes:Includes'),
      samples: `${'{"input": "1+1"}\n'.repeat(6)}${SAMPLE}`,
    }),
    says: `The eval set own cannot run. A problem was found:
- invalid-sample: own.dev.v0: registry/data/own.jsonl:1: the sample has no "ideal" (also lines 2, 3, 4 and 2 more)
What to do: Correct these samples. The class of the eval cannot run with them. [PLAN_INVALID]`,
  },
  {
    title: 'an ideal answer that is a number',
    files: ownEval({ samples: '{"input": "1+1", "ideal": 2}\n' }),
    says: `The eval set own cannot run. A problem was found:
- invalid-sample: own.dev.v0: registry/data/own.jsonl:1: "ideal" is a number, but must be a text or a list of texts
What to do: Correct these samples. The class of the eval cannot run with them. [PLAN_INVALID]`,
  },
  {
    title: 'ideal answers of which one is a number',
    files: ownEval({ cls: CLASS('includes:Includes'), samples: '{"input": "1+1", "ideal": ["two", 2]}\n' }),
    says: `The eval set own cannot run. A problem was found:
- invalid-sample: own.dev.v0: registry/data/own.jsonl:1: "ideal" is a list that has a number in it, but must be a text or a list of texts
What to do: Correct these samples. The class of the eval cannot run with them. [PLAN_INVALID]`,
  },
  {
    title: 'an empty list of ideal answers for FuzzyMatch',
    files: ownEval({ cls: CLASS('fuzzy_match:FuzzyMatch'), samples: '{"input": "1+1", "ideal": []}\n' }),
    says: `The eval set own cannot run. A problem was found:
- invalid-sample: own.dev.v0: registry/data/own.jsonl:1: "ideal" is an empty list, but must have a text
What to do: Correct these samples. The class of the eval cannot run with them. [PLAN_INVALID]`,
  },
  {
    title: 'an ideal answer for JsonMatch that is not JSON',
    files: ownEval({ cls: CLASS('json_match:JsonMatch'), samples: '{"input": "1+1", "ideal": "two"}\n' }),
    says: `The eval set own cannot run. A problem was found:
- invalid-sample: own.dev.v0: registry/data/own.jsonl:1: "ideal" is a text that is not JSON, but the class compares JSON values
What to do: Correct these samples. The class of the eval cannot run with them. [PLAN_INVALID]`,
  },
  {
    title: 'a sample for JsonValidator without an input',
    files: ownEval({ cls: CLASS('json_validator:JsonValidator'), samples: '{"prompt": "1+1"}\n' }),
    says: `The eval set own cannot run. A problem was found:
- invalid-sample: own.dev.v0: registry/data/own.jsonl:1: the sample has no "input"
What to do: Correct these samples. The class of the eval cannot run with them. [PLAN_INVALID]`,
  },
  {
    title: 'an input that is an object',
    files: ownEval({ samples: '{"input": {"role": "user", "content": "1+1"}, "ideal": "2"}\n' }),
    says: `The eval set own cannot run. A problem was found:
- invalid-sample: own.dev.v0: registry/data/own.jsonl:1: "input" is an object, but must be a text or a list of messages
What to do: Correct these samples. The class of the eval cannot run with them. [PLAN_INVALID]`,
  },
  {
    title: 'an input for MatchWithSolvers that is a text',
    files: ownEval({ cls: CLASS('match_with_solvers:MatchWithSolvers'), args: { task_description: 'Add.' } }),
    says: `The eval set own cannot run. A problem was found:
- invalid-sample: own.dev.v0: registry/data/own.jsonl:1: "input" is a text, but must be a list of messages with a role and a content, and nothing else
What to do: Correct these samples. The class of the eval cannot run with them. [PLAN_INVALID]`,
  },
  {
    title: 'an example for few shots without messages',
    files: ownEval({
      args: { num_few_shot: 1, few_shot_jsonl: 'shots.jsonl' },
      samples: '{"input": [{"role": "user", "content": "1+1"}], "ideal": "2"}\n',
      files: { 'registry/data/shots.jsonl': '{"input": "2+2", "ideal": "4"}\n' },
    }),
    says: `The eval set own cannot run. A problem was found:
- invalid-sample: own.dev.v0: registry/data/shots.jsonl:1: the example must be an object with the messages in "sample"
What to do: Correct these samples. The class of the eval cannot run with them. [PLAN_INVALID]`,
  },
  {
    title: 'few shots before an input that is a text',
    files: ownEval({
      args: { num_few_shot: 1, few_shot_jsonl: 'shots.jsonl' },
      files: { 'registry/data/shots.jsonl': '{"sample": [{"role": "user", "content": "2+2"}]}\n' },
    }),
    says: `The eval set own cannot run. A problem was found:
- invalid-sample: own.dev.v0: registry/data/own.jsonl:1: "input" is a text, but must be a list of messages, because the argument num_few_shot is set
What to do: Correct these samples. The class of the eval cannot run with them. [PLAN_INVALID]`,
  },
  {
    title: 'a sample without what a model-graded spec names in input_outputs',
    files: gradedEval('{"question": "1+1"}\n'),
    says: `The eval set own cannot run. A problem was found:
- invalid-sample: own.dev.v0: registry/data/own.jsonl:1: the sample has no "input", which the spec grade names in input_outputs
What to do: Correct these samples. The class of the eval cannot run with them. [PLAN_INVALID]`,
  },
  {
    title: 'a placeholder of a model-graded spec that no sample fills',
    files: gradedEval('{"input": "1+1"}\n', {}, { prompt: 'Is {completion} right, given {context}?' }),
    says: `The eval set own cannot run. A problem was found:
- invalid-sample: own.dev.v0: registry/data/own.jsonl:1: nothing fills {context} in the prompt of the spec grade: the sample has no "context"
What to do: Correct these samples. The class of the eval cannot run with them. [PLAN_INVALID]`,
  },
  {
    title: 'a sample for a model-graded eval with a field that evals uses itself',
    files: gradedEval('{"input": "1+1", "n": 1}\n'),
    says: `The eval set own cannot run. A problem was found:
- invalid-sample: own.dev.v0: registry/data/own.jsonl:1: the sample has a field "n", a name that evals uses itself; rename it
What to do: Correct these samples. The class of the eval cannot run with them. [PLAN_INVALID]`,
  },
  {
    title: 'a sample for a model-graded eval with objects that are no messages',
    files: gradedEval('{"input": "1+1", "tools": [{"name": "add"}]}\n'),
    says: `The eval set own cannot run. A problem was found:
- invalid-sample: own.dev.v0: registry/data/own.jsonl:1: "tools" is a list of objects, which evals takes for messages, and one has no "content"
What to do: Correct these samples. The class of the eval cannot run with them. [PLAN_INVALID]`,
  },
  {
    title: 'a sample for a meta-evaluation without a choice',
    files: gradedEval('{"input": "1+1", "completion": "2"}\n', { metaeval: true }),
    says: `The eval set own cannot run. A problem was found:
- invalid-sample: own.dev.v0: registry/data/own.jsonl:1: the sample has no "choice"
What to do: Correct these samples. The class of the eval cannot run with them. [PLAN_INVALID]`,
  },
];
