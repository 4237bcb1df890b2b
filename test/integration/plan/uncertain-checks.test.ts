/** What evals runs without an error, although it looks like a mistake, is not refused. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { evalOf, problemsOf, RegistryPlanner, usualEnv } from '../../helpers/registry-planner.ts';

let planner: RegistryPlanner;
beforeAll(async () => {
  planner = await RegistryPlanner.start();
});
afterAll(() => planner.close());

const MODULE = `import json

from evals.elsuite.basic.match import Match
from evals.elsuite.modelgraded.classify import ModelBasedClassify
from evals.eval import Eval


class Own(Eval):
    def eval_sample(self, sample, rng):
        pass

    def run(self, recorder):
        return self.eval_all_samples(recorder, self.get_samples())


class ReadsItself(Own):
    """Its samples have comments."""

    def run(self, recorder):
        with open(self._get_samples_path()) as file:
            return [json.loads(line) for line in file if not line.startswith("#")]


class OverridesGetSamples(Own):
    def get_samples(self):
        return []


class ReadsSometimes(Own):
    def run(self, recorder):
        if self.seed == 1:
            return self.get_samples()
        return {}


class NamesAnotherFile(Own):
    def __init__(self, completion_fns, samples_jsonl, *args, **kwargs):
        super().__init__(completion_fns, *args, **kwargs)
        self.samples_jsonl = samples_jsonl.replace("broken", "good")


class OwnFields(Match):
    def eval_sample(self, sample, rng):
        pass


class OwnSpec(ModelBasedClassify):
    def __init__(self, *args, **kwargs):
        super().__init__("fact", *args, **kwargs)


class TakesAny(Own):
    def __init__(self, completion_fns, mood=None, **kwargs):
        kwargs.pop("tone", None)
        super().__init__(completion_fns, **kwargs)


class CallsInOtherWays(Own):
    def __init__(self, **kwargs):
        Own.__init__(self, **{name: kwargs[name] for name in kwargs if name != "tone"})
`;

const GOOD = '{"input": "a", "ideal": "b"}\n';
const BROKEN = '# a comment\n{"question": "a"}\n';
const MATCH = 'evals.elsuite.basic.match:Match';

/** By the name of the eval: its class, the argument `samples_jsonl` and further ones. */
const EVALS: Readonly<Record<string, readonly [cls: string, samples: string, args?: object]>> = {
  'reads-itself': ['uncertain:ReadsItself', 'broken.jsonl'],
  'overrides-get-samples': ['uncertain:OverridesGetSamples', 'broken.jsonl'],
  'reads-sometimes': ['uncertain:ReadsSometimes', 'broken.jsonl'],
  'names-another-file': ['uncertain:NamesAnotherFile', 'broken.jsonl'],
  'own-fields': ['uncertain:OwnFields', 'other-fields.jsonl'],
  'own-class': ['uncertain:Own', 'other-fields.jsonl'],
  'own-spec': ['uncertain:OwnSpec', 'other-fields.jsonl'],
  'takes-any': ['uncertain:TakesAny', 'good.jsonl', { tone: 1 }],
  'calls-in-other-ways': ['uncertain:CallsInOtherWays', 'good.jsonl', { tone: 1 }],
  'byte-order-mark-in-gzip': [MATCH, 'marked.jsonl.gz'],
  'not-a-number': [MATCH, 'nan.jsonl'],
  'more-fields': [MATCH, 'more-fields.jsonl'],
};

const FILES: Readonly<Record<string, string>> = {
  'good.jsonl': GOOD,
  'broken.jsonl': BROKEN,
  'other-fields.jsonl': '{"question": "a"}\n["b"]\n3\n',
  'nan.jsonl': '{"input": "a", "ideal": "b", "weight": NaN}\r\n  {"input": [], "ideal": []} \n',
  'more-fields.jsonl': '{"input": [{"role": "user", "content": "a"}], "ideal": ["b", 2], "n": 1}\n',
};

function registryOf(evals: typeof EVALS): string {
  const keys = Object.keys(evals).map((name) => `${name}.dev.v0`);
  const specs = Object.entries(evals).map(([name, [cls, samples, args]]) => [
    `${name}.dev.v0`,
    { class: cls, args: { samples_jsonl: samples, ...args } },
  ]);
  const directory = planner.newFiles({
    'modules/uncertain.py': MODULE,
    'registry/eval_sets/s.yaml': JSON.stringify({ s: { evals: keys } }),
    'registry/evals/e.yaml': JSON.stringify(Object.fromEntries(specs)),
    ...Object.fromEntries(Object.entries(FILES).map(([name, text]) => [`registry/data/${name}`, text])),
  });
  writeFileSync(join(directory, 'registry/data/marked.jsonl.gz'), gzipSync(`\ufeff${GOOD}`));
  return directory;
}

const changesFor = (directory: string) => ({
  model: 'gpt-4o',
  chatFallback: true,
  registryPaths: [join(directory, 'registry')],
  env: { ...usualEnv, PYTHONPATH: join(directory, 'modules') },
});

describe.concurrent('checks before any request', () => {
  test('checks: what is not certain to fail is not refused', async () => {
    const found = await planner.plan('s', changesFor(registryOf(EVALS)));
    expect(found.evals.map(({ base }) => base)).toEqual(Object.keys(EVALS));
    expect(evalOf(found, 'not-a-number.dev.v0').samples).toBe(2);
  });

  test('checks: a sample that --max_samples leaves out is not refused', async () => {
    // evals shuffles four samples to 2, 3, 1, 0.
    const samples = [0, 1, 2, 3].map((index) => (index === 1 ? '{"input": "a"}\n' : GOOD));
    const directory = registryOf({ few: [MATCH, 'few.jsonl'] });
    writeFileSync(join(directory, 'registry/data/few.jsonl'), samples.join(''));
    const limited = (limit: string) => ({ ...changesFor(directory), args: ['--max_samples', limit] });
    const [found, error] = await Promise.all([
      planner.plan('s', limited('2')),
      planner.refusal('s', limited('3')),
    ]);
    expect(evalOf(found, 'few.dev.v0').samples).toBe(2);
    expect(problemsOf(error)).toEqual([expect.stringMatching(/:2: the sample has no "ideal"$/)]);
  });
});
