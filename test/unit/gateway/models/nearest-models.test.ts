import { expect, test } from 'vitest';
import { nearestModels } from '../../../../src/gateway/models/nearest-models.ts';

const TODAY = '2026-11-26';
const nearest = (name: string, ids: readonly string[]) =>
  nearestModels(
    name,
    ids.map((id) => ({ id, shutdownDay: undefined, replacement: undefined })),
    TODAY,
  );

const OPENAI = [
  'gpt-4o',
  'gpt-4.1',
  'gpt-4.1-mini',
  'gpt-5',
  'o3',
  'whisper-1',
  'text-embedding-3-small',
  'dall-e-3',
];

test.each<[string, readonly string[], string[]]>([
  ['gpt-4', OPENAI, ['gpt-4o', 'gpt-5', 'gpt-4.1']],
  ['gpt-4.1-mnii', OPENAI, ['gpt-4.1-mini', 'gpt-4.1']],
  ['GPT-5', OPENAI, ['gpt-5', 'gpt-4o', 'gpt-4.1']],
  ['openai/gpt-4o', OPENAI, ['gpt-4o', 'gpt-4.1', 'gpt-5']],
  [
    'meta/llama-3-8b',
    ['meta/llama-3.1-8b', 'other/llama-3-8b', 'x/y'],
    ['meta/llama-3.1-8b', 'other/llama-3-8b'],
  ],
  ['claude-2', OPENAI, []],
  ['', OPENAI, []],
  ['gpt-4', [], []],
])('nearestModels: near %s of %j are %j', (name, ids, expected) => {
  expect(nearest(name, ids)).toEqual(expected);
});

test('nearestModels: leaves out the model itself, and those that are shut down', () => {
  const cards = [
    { id: 'gpt-4', shutdownDay: undefined, replacement: undefined },
    { id: 'gpt-4o', shutdownDay: TODAY, replacement: undefined },
    { id: 'gpt-4.1', shutdownDay: '2027-01-01', replacement: undefined },
  ];
  expect(nearestModels('gpt-4', cards, TODAY)).toEqual(['gpt-4.1']);
});
