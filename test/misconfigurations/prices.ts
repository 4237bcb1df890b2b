/** Mistakes about prices that only the plan shows: which models a set asks for. */
import type { Misconfiguration } from './misconfiguration.ts';
import { CLASSIFY, grade, ownRegistry } from './own-registry.ts';

export const priceMistakes: readonly Misconfiguration[] = [
  {
    title: 'a cost-budget with models and a judge whose prices nobody knows',
    inputs: {
      'cost-budget': '$5',
      model: 'own-model',
      'judge-model': 'own-judge',
      'model-map': 'gpt-4-32k=live-model',
      prices: 'live-*: free',
    },
    files: {
      ...ownRegistry(
        CLASSIFY,
        { samples_jsonl: 'own.jsonl', eval_type: 'classify', modelgraded_spec: 'grade' },
        { 'registry/data/own.jsonl': '{"input": "1+1"}\n' },
      ),
      ...grade(),
    },
    says: `The input cost-budget needs the price of each model, but no price is known of own-model, own-judge.
What to do: Set the input prices, in US dollars per million tokens, with these lines and your numbers, or remove cost-budget:
own-model: input 0.15, output 0.60
own-judge: input 0.15, output 0.60 [INPUT_INVALID]`,
  },
];
