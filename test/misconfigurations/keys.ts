/** Mistakes in API keys and base URLs, and several mistakes at once. */
import { EXAMPLE_MODEL } from '../../src/example-model.ts';
import type { Misconfiguration } from './misconfiguration.ts';

type Row = Omit<Misconfiguration, 'needsPlan'>;

const KEY = 'sk-0123456789';

/** Requests to the model API of the test would be those to a server of one's own, where other keys are valid. */
const OPENAI = { OPENAI_BASE_URL: '' };

const keys: readonly Row[] = [
  {
    title: 'a key of two lines',
    env: { OPENAI_API_KEY: `${KEY}\nsk-second` },
    says: `OPENAI_API_KEY cannot be used: character 14 is a line break (U+000A).
What to do: Set the secret to the key alone, for example with: printf %s "$KEY" | gh secret set OPENAI_API_KEY. In the step, write: env: OPENAI_API_KEY: \${{ secrets.OPENAI_API_KEY }}. [API_KEY_INVALID]`,
  },
  {
    title: 'a key with its header, and another in quotes',
    env: { OPENAI_API_KEY: `Bearer ${KEY}`, ANTHROPIC_API_KEY: '"sk-ant-0123456789"' },
    says: `2 settings of this step are wrong, so no eval was run:
- OPENAI_API_KEY cannot be used: it starts with the word Bearer, which clients add themselves. Set the secret to the key alone, for example with: printf %s "$KEY" | gh secret set OPENAI_API_KEY. In the step, write: env: OPENAI_API_KEY: \${{ secrets.OPENAI_API_KEY }}.
- ANTHROPIC_API_KEY cannot be used: it is in quotes. Set the secret to the key alone, for example with: printf %s "$KEY" | gh secret set ANTHROPIC_API_KEY. In the step, write: env: ANTHROPIC_API_KEY: \${{ secrets.ANTHROPIC_API_KEY }}.
What to do: Correct all of them. [API_KEY_INVALID]`,
  },
  {
    title: 'a key that is an expression',
    env: { OPENAI_API_KEY: '${{ secrets.OPENAI_API_KEY }}' },
    says: `OPENAI_API_KEY cannot be used: it is an expression that was not evaluated.
What to do: Set the secret to the key alone, for example with: printf %s "$KEY" | gh secret set OPENAI_API_KEY. In the step, write: env: OPENAI_API_KEY: \${{ secrets.OPENAI_API_KEY }}. [API_KEY_INVALID]`,
  },
  {
    title: 'a key with a blank',
    env: { ...OPENAI, OPENAI_API_KEY: `${KEY} old` },
    says: `OPENAI_API_KEY cannot be used: character 14 is a blank (U+0020).
What to do: Set the secret to the key alone, for example with: printf %s "$KEY" | gh secret set OPENAI_API_KEY. In the step, write: env: OPENAI_API_KEY: \${{ secrets.OPENAI_API_KEY }}. [API_KEY_INVALID]`,
  },
  {
    title: "a key of Anthropic in OpenAI's variable",
    env: { ...OPENAI, OPENAI_API_KEY: 'sk-ant-0123456789' },
    says: `OPENAI_API_KEY cannot be used: it is a key of Anthropic, but would be sent to OpenAI.
What to do: Set OPENAI_API_KEY to a key of OpenAI, or OPENAI_BASE_URL to the API of Anthropic. [API_KEY_INVALID]`,
  },
  {
    title: "a key of OpenAI in Anthropic's variable",
    env: { ANTHROPIC_API_KEY: 'sk-proj-0123456789' },
    says: `ANTHROPIC_API_KEY cannot be used: it is a key of OpenAI, but would be sent to Anthropic.
What to do: Set ANTHROPIC_API_KEY to a key of Anthropic. [API_KEY_INVALID]`,
  },
  {
    title: "a token of GitHub in OpenAI's variable",
    env: { ...OPENAI, OPENAI_API_KEY: 'ghp_0123456789' },
    says: `OPENAI_API_KEY cannot be used: it is a key of GitHub, but would be sent to OpenAI.
What to do: Set OPENAI_API_KEY to a key of OpenAI, or OPENAI_BASE_URL to the API of GitHub. [API_KEY_INVALID]`,
  },
  {
    title: 'a base URL without a scheme',
    env: { OPENAI_BASE_URL: 'api.openai.com/v1' },
    says: `The environment variable OPENAI_BASE_URL is "api.openai.com/v1", which does not begin with http:// or https://.
What to do: Set it to the base URL of the API, such as https://api.openai.com/v1, or remove it. [INPUT_INVALID]`,
  },
  {
    title: 'a base URL with an endpoint',
    env: { OPENAI_BASE_URL: 'https://llm.example/v1/chat/completions' },
    says: `The environment variable OPENAI_BASE_URL is "https://llm.example/v1/chat/completions", which ends with /chat/completions, but clients append that themselves.
What to do: Set it to the base URL of the API, such as https://llm.example/v1, or remove it. [INPUT_INVALID]`,
  },
  {
    title: 'a misspelt host of OpenAI',
    env: { OPENAI_BASE_URL: 'https://api.opanai.com/v1' },
    says: `The environment variable OPENAI_BASE_URL is "https://api.opanai.com/v1", which misspells api.openai.com.
What to do: Set it to the base URL of the API, such as https://api.openai.com/v1, or remove it. [INPUT_INVALID]`,
  },
  {
    title: "OpenAI's base URL without /v1",
    env: { OPENAI_BASE_URL: 'https://api.openai.com' },
    says: `The environment variable OPENAI_BASE_URL is "https://api.openai.com", whose path should be /v1.
What to do: Set it to the base URL of the API, such as https://api.openai.com/v1, or remove it. [INPUT_INVALID]`,
  },
  {
    title: "Anthropic's base URL with /v1",
    env: { ANTHROPIC_BASE_URL: 'https://api.anthropic.com/v1' },
    says: `The environment variable ANTHROPIC_BASE_URL is "https://api.anthropic.com/v1", whose path should be empty.
What to do: Set it to the base URL of the API, such as https://api.anthropic.com, or remove it. [INPUT_INVALID]`,
  },
  {
    title: "OpenAI's base URL without encryption",
    env: { OPENAI_BASE_URL: 'http://api.openai.com/v1' },
    says: `The environment variable OPENAI_BASE_URL is "http://api.openai.com/v1", whose scheme is http://, which would send your key without encryption.
What to do: Set it to the base URL of the API, such as https://api.openai.com/v1, or remove it. [INPUT_INVALID]`,
  },
];

const several: readonly Row[] = [
  {
    title: 'five mistakes at once',
    inputs: { model: '', resume: 'maybe', 'time-budget': '90', args: '--max-samples 3 --record_path x' },
    env: { OPENAI_API_KEY: `"${KEY}"` },
    says: `6 settings of this step are wrong, so no eval was run:
- The input model is missing. Under "with:", set model to the model to evaluate, for example ${EXAMPLE_MODEL}.
- The input args contains --max-samples, which oaieval does not have (did you mean --max_samples?). Write --max_samples.
- The input args contains --record_path, which this action does not accept. Remove it: the action itself writes a record file for every eval.
- The input resume is "maybe": it is neither true nor false. Set resume to true or false.
- The input time-budget is "90": it has no unit. Write 90s for seconds, 90m for minutes, or 90h for hours.
- OPENAI_API_KEY cannot be used: it is in quotes. Set the secret to the key alone, for example with: printf %s "$KEY" | gh secret set OPENAI_API_KEY. In the step, write: env: OPENAI_API_KEY: \${{ secrets.OPENAI_API_KEY }}.
What to do: Correct all of them. [INPUT_INVALID]`,
  },
  {
    title: 'wrong lines of model-map beside another mistake',
    inputs: { 'model-map': 'a\nb', attempts: '0' },
    says: `2 settings of this step are wrong, so no eval was run:
- The input model-map has 2 wrong lines:
  - "a": it has no "="
  - "b": it has no "="
  Write one "name=live model" a line, such as gpt-4-32k=<live model>: the name that evals have written into themselves, and the model to ask instead.
- The input attempts is "0": it is not a whole number from 1 to 100. Set attempts to a number in this range. With 1, an eval that fails is not run again.
What to do: Correct all of them. [INPUT_INVALID]`,
  },
  {
    title: 'a wrong input where the key is missing as well',
    inputs: { 'token-budget': 'lots' },
    env: { OPENAI_API_KEY: '' },
    says: `2 settings of this step are wrong, so no eval was run:
- The input token-budget is "lots": it is not a number of tokens from 1 to 1,000,000,000,000. Write token-budget as 1000000, 1_000_000, 500k or 1.5M. For no limit, leave it empty.
- OPENAI_API_KEY is empty: the step sets it, but probably to a secret that this job does not have. Check the name of the secret under Settings > Secrets and variables > Actions. A secret of an environment needs "environment:" in the job, and a reusable workflow gets secrets only if its caller passes them, as with "secrets: inherit".
What to do: Correct all of them. [INPUT_INVALID]`,
  },
  {
    title: 'a wrong input of Dependabot, which has no key',
    inputs: { attempts: 'x' },
    env: { OPENAI_API_KEY: '', GITHUB_ACTOR: 'dependabot[bot]' },
    says: `2 settings of this step are wrong, so no eval was run:
- The input attempts is "x": it is not a whole number from 1 to 100. Set attempts to a number in this range. With 1, an eval that fails is not run again.
- OPENAI_API_KEY is not set, because Dependabot started this run, and GitHub passes only Dependabot's own secrets to such runs. Add OPENAI_API_KEY under Settings > Secrets and variables > Dependabot, or skip the job: if: github.actor != 'dependabot[bot]'.
What to do: Correct all of them. [INPUT_INVALID]`,
  },
  {
    title: 'two base URLs',
    env: {
      OPENAI_BASE_URL: 'localhost:8000/v1',
      ANTHROPIC_BASE_URL: 'https://api.anthropic.com/v1/messages',
    },
    says: `2 settings of this step are wrong, so no eval was run:
- The environment variable OPENAI_BASE_URL is "localhost:8000/v1", which does not begin with http:// or https://. Set it to the base URL of the API, such as https://api.openai.com/v1, or remove it.
- The environment variable ANTHROPIC_BASE_URL is "https://api.anthropic.com/v1/messages", which ends with /messages, but clients append that themselves. Set it to the base URL of the API, such as https://api.anthropic.com/v1, or remove it.
What to do: Correct all of them. [INPUT_INVALID]`,
  },
];

export const keyMistakes: readonly Misconfiguration[] = [...keys, ...several].map((row) => ({
  ...row,
  needsPlan: false,
}));
