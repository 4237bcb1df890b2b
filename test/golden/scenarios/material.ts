/** Evals and modules of the scenarios. */
import type { RegistryEval } from '../../helpers/registry.ts';

const CAPITALS: Readonly<Record<string, string>> = {
  France: 'Paris',
  Japan: 'Tokyo',
  Kenya: 'Nairobi',
  Peru: 'Lima',
  Norway: 'Oslo',
  Egypt: 'Cairo',
  Chile: 'Santiago',
  Austria: 'Vienna',
  Vietnam: 'Hanoi',
  Ghana: 'Accra',
};

const QUESTIONS: Readonly<Record<string, (country: string) => string>> = {
  capitals: (country) => `What is the capital of ${country}? Answer with its name.`,
  'capitals-polite': (country) => `Could you please name the capital of ${country}?`,
  'capitals-short': (country) => `${country}: capital?`,
  'capitals-wordy': (country) =>
    `Imagine a traveller who arrives in the capital of ${country}. In which city is she?`,
};

/** Questions with answers. All questions of all evals are different. */
export function samplesOf(name: string, count = 5): object[] {
  const ask = QUESTIONS[name] ?? ((country: string) => `(${name}) What is the capital of ${country}?`);
  const countries = Object.entries(CAPITALS);
  return Array.from({ length: count }, (_, i) => {
    const [country = '', capital = ''] = countries[i % countries.length] ?? [];
    const again = i < countries.length ? '' : ` (${Math.floor(i / countries.length)})`;
    return { input: [{ role: 'user', content: `${ask(country)}${again}` }], ideal: capital };
  });
}

export function evalNamed(name: string, samples = 5, className?: string): RegistryEval {
  return { name, className, samples: samplesOf(name, samples) };
}

/** Four small evals. */
export const GEOGRAPHY: readonly RegistryEval[] = Object.keys(QUESTIONS).map((name) => evalNamed(name));

/** An eval class of the user, with a bug that the third sample shows. */
export const REVERSE = `"""Evals of our own."""
from evals.elsuite.basic.match import Match


class Reverse(Match):
    """Asks for a word backwards."""

    def eval_sample(self, sample, rng):
        return self.check(sample, rng)

    def check(self, sample, rng):
        word = sample["word"]
        prompt = f"Write {word} backwards."
        result = self.completion_fn(prompt=prompt, temperature=0.0)
        sampled = result.get_completions()[0]
        expected = sample["wrod"] if word == "river" else word[::-1]
        return self.recorder_says(sampled, expected)

    def recorder_says(self, sampled, expected):
        import evals

        return evals.record_and_check_match(prompt="", sampled=sampled, expected=expected)
`;

export const WORDS = ['stone', 'cloud', 'river', 'tower', 'plant'].map((word) => ({
  word,
  input: `Write ${word} backwards.`,
  ideal: [...word].reverse().join(''),
}));

/** Each eval of this class fails, in a way that its name chooses. */
export const BROKEN = `from evals.elsuite.basic.match import Match

WEIGHTS = {"Paris": 1}


class Broken(Match):
    def eval_sample(self, sample, rng):
        kind = int(self.samples_jsonl.rsplit("-", 1)[1].split(".")[0]) % 4
        super().eval_sample(sample, rng)
        if kind == 0:
            return WEIGHTS[sample["ideal"].lower()]
        if kind == 1:
            return sample["ideal"] + 1
        if kind == 2:
            raise ValueError(f"no rule for the answer {sample['ideal']!r}")
        assert sample["ideal"] == "Atlantis"
`;
