/** Mistakes in the inputs that are numbers, durations and the like. */
import type { Misconfiguration } from './misconfiguration.ts';

type Row = Omit<Misconfiguration, 'needsPlan'>;

const values: readonly Row[] = [
  {
    title: 'a boolean that is neither true nor false',
    inputs: { resume: 'maybe' },
    says: `The input resume is "maybe": it is neither true nor false.
What to do: Set resume to true or false. [INPUT_INVALID]`,
  },
  {
    title: 'a plan-only that is neither true nor false',
    inputs: { 'plan-only': 'dry' },
    says: `The input plan-only is "dry": it is neither true nor false.
What to do: Set plan-only to true or false. [INPUT_INVALID]`,
  },
  {
    title: 'a wrong number with plan-only',
    inputs: { 'plan-only': 'true', attempts: '0' },
    says: `The input attempts is "0": it is not a whole number from 1 to 100.
What to do: Set attempts to a number in this range. With 1, an eval that fails is not run again. [INPUT_INVALID]`,
  },
  {
    title: 'a number of attempts with decimals',
    inputs: { attempts: '2.5' },
    says: `The input attempts is "2.5": it is not a whole number from 1 to 100.
What to do: Set attempts to a number in this range. With 1, an eval that fails is not run again. [INPUT_INVALID]`,
  },
  {
    title: 'no attempts',
    inputs: { attempts: '0' },
    says: `The input attempts is "0": it is not a whole number from 1 to 100.
What to do: Set attempts to a number in this range. With 1, an eval that fails is not run again. [INPUT_INVALID]`,
  },
  {
    title: 'more requests in flight than possible',
    inputs: { 'max-requests-in-flight': '1_000_000' },
    says: `The input max-requests-in-flight is "1_000_000": it is not a whole number from 1 to 10,000.
What to do: Set max-requests-in-flight to a number in this range. [INPUT_INVALID]`,
  },
  {
    title: 'a parallel-evals that is no number',
    inputs: { 'parallel-evals': 'autos' },
    says: `The input parallel-evals is "autos": it is neither auto nor a whole number from 1 to 1,000.
What to do: Set parallel-evals to auto, or to how many evals run at the same time. [INPUT_INVALID]`,
  },
  {
    title: 'an unknown engine',
    inputs: { engine: 'fast' },
    says: `The input engine is "fast": there is no such engine.
What to do: Set engine to auto, warm or oaieval. [INPUT_INVALID]`,
  },
  {
    title: 'a token-budget of 0',
    inputs: { 'token-budget': '0' },
    says: `The input token-budget is "0": it is not a number of tokens from 1 to 1,000,000,000,000.
What to do: Write token-budget as 1000000, 1_000_000, 500k or 1.5M. For no limit, leave it empty. [INPUT_INVALID]`,
  },
  {
    title: 'a token-budget that is no number',
    inputs: { 'token-budget': 'unlimited' },
    says: `The input token-budget is "unlimited": it is not a number of tokens from 1 to 1,000,000,000,000.
What to do: Write token-budget as 1000000, 1_000_000, 500k or 1.5M. For no limit, leave it empty. [INPUT_INVALID]`,
  },
  {
    title: 'a token-budget with points between the digits',
    inputs: { 'token-budget': '1.000.000' },
    says: `The input token-budget is "1.000.000": it is not a number of tokens from 1 to 1,000,000,000,000.
What to do: Write token-budget as 1000000, 1_000_000, 500k or 1.5M. For no limit, leave it empty. [INPUT_INVALID]`,
  },
  {
    title: 'a cost-budget in another currency',
    inputs: { 'cost-budget': '5 €' },
    says: `The input cost-budget is "5 €": it is not an amount of US dollars above 0.
What to do: Write cost-budget as 5, 0.50, $5 or 5 USD, with a point before the cents. For no limit, leave it empty. [INPUT_INVALID]`,
  },
  {
    title: 'a cost-budget with a comma before the cents',
    inputs: { 'cost-budget': '5,50' },
    says: `The input cost-budget is "5,50": it is not an amount of US dollars above 0.
What to do: Write cost-budget as 5, 0.50, $5 or 5 USD, with a point before the cents. For no limit, leave it empty. [INPUT_INVALID]`,
  },
  {
    title: 'a cost-budget of 0',
    inputs: { 'cost-budget': '$0.00' },
    says: `The input cost-budget is "$0.00": it is not an amount of US dollars above 0.
What to do: Write cost-budget as 5, 0.50, $5 or 5 USD, with a point before the cents. For no limit, leave it empty. [INPUT_INVALID]`,
  },
  {
    title: 'prices that are wrong in several ways',
    inputs: {
      prices:
        'a-model input 1\nb-model: 0.15\nc-model: input 1\nd-model: input 0,15, output 1\nfine: free\nfine: free',
    },
    says: `The input prices has 5 wrong lines:
- "a-model input 1": it has no ":" between the model and its prices
- "b-model: 0.15": "0.15" is not "input", "output" or "cached" and a number, such as input 0.15
- "c-model: input 1": the price of output is missing (output 0 if nothing is billed for it)
- "d-model: input 0,15, output 1": "15" is not "input", "output" or "cached" and a number, such as input 0.15
- "fine: free": fine has a price in an earlier line
What to do: Write one "model: input 0.15, output 0.60" a line, in US dollars per million tokens, with "cached 0.075" if cached input has a price of its own, or "model: free". [INPUT_INVALID]`,
  },
  {
    title: 'a time-budget of 0',
    inputs: { 'time-budget': '0s' },
    says: `The input time-budget is "0s": it is zero.
What to do: For no limit, leave time-budget empty. [INPUT_INVALID]`,
  },
  {
    title: 'a time-budget without a unit',
    inputs: { 'time-budget': '90' },
    says: `The input time-budget is "90": it has no unit.
What to do: Write 90s for seconds, 90m for minutes, or 90h for hours. [INPUT_INVALID]`,
  },
  {
    title: 'a time-budget that is no duration',
    inputs: { 'time-budget': '5:30' },
    says: `The input time-budget is "5:30": it is not a duration.
What to do: Write time-budget as 90s, 30m, 1.5h, 5h30m or 7d. For no limit, leave it empty. [INPUT_INVALID]`,
  },
  {
    title: 'a time-budget longer than a timer can be',
    inputs: { 'time-budget': '25d' },
    says: `The input time-budget is "25d": it is longer than 24d.
What to do: Set time-budget to at most 24d. For no limit, leave it empty. [INPUT_INVALID]`,
  },
  {
    title: 'a stall-timeout of 0',
    inputs: { 'stall-timeout': '0' },
    says: `The input stall-timeout is "0": it is zero.
What to do: Set stall-timeout to at least 1s, or remove it to use the default. [INPUT_INVALID]`,
  },
  {
    title: 'a checkpoint-interval below a second',
    inputs: { 'checkpoint-interval': '0.5s' },
    says: `The input checkpoint-interval is "0.5s": it is shorter than 1s.
What to do: Set checkpoint-interval to at least 1s. [INPUT_INVALID]`,
  },
  {
    title: 'a max-age in months',
    inputs: { 'max-age': '5M' },
    says: `The input max-age is "5M": it is not a duration.
What to do: Write max-age as 90s, 30m, 1.5h, 5h30m or 7d. For no limit, leave it empty. [INPUT_INVALID]`,
  },
  {
    title: 'a max-age of 0',
    inputs: { 'max-age': '0d' },
    says: `The input max-age is "0d": it is zero.
What to do: To run every eval again, set resume: false. [INPUT_INVALID]`,
  },
  {
    title: 'an evals-version that has no list of packages',
    inputs: { 'evals-version': 'latest' },
    says: `The input evals-version is "latest", but the action can install only 3.0.1.post1.
What to do: Set evals-version to 3.0.1.post1. To use another version, leave evals-version empty, install evals in a step before this one, and set python to that interpreter. [EVALS_UNSUPPORTED]`,
  },
  {
    title: 'a requirements file in extra-packages',
    inputs: { 'extra-packages': '-r requirements.txt' },
    says: `The input extra-packages has the line "-r requirements.txt": only requirements are allowed there, not options.
What to do: Write the requirements of the file here, one per line. [INPUT_INVALID]`,
  },
  {
    title: 'an option of pip in extra-packages',
    inputs: { 'extra-packages': 'datasets\n--no-deps' },
    says: `The input extra-packages has the line "--no-deps": only requirements are allowed there, not options.
What to do: Write one requirement per line, such as datasets==3.6.0. The variable PIP_INDEX_URL chooses a package index. [INPUT_INVALID]`,
  },
  {
    title: 'a cache-key of two lines',
    inputs: { 'cache-key': 'a\nb' },
    says: `The input cache-key is "a\\nb": it has several lines.
What to do: Write cache-key in one line. [INPUT_INVALID]`,
  },
  {
    title: 'an encryption-key of two lines',
    inputs: { 'encryption-key': 'first\nsecond' },
    says: `The input encryption-key is "***": it has several lines.
What to do: Write encryption-key in one line. [INPUT_INVALID]`,
  },
];

export const valueMistakes: readonly Misconfiguration[] = values.map((row) => ({ ...row, needsPlan: false }));
