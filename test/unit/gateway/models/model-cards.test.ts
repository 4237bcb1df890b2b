/** Lists of models as the providers document them. */
import { expect, test } from 'vitest';
import { dayOf, modelCards } from '../../../../src/gateway/models/model-cards.ts';

const cardsOf = (value: unknown) => modelCards(Buffer.from(JSON.stringify(value)));

test.each<[string, object, object]>([
  ['OpenAI', { object: 'model', shutdown_date: '2026-12-11' }, { shutdownDay: '2026-12-11' }],
  ['OpenAI, not announced', { object: 'model', shutdown_date: null }, { shutdownDay: undefined }],
  ['OpenRouter', { expiration_date: '2026-11-08' }, { shutdownDay: '2026-11-08' }],
  [
    'Mistral',
    { deprecation: '2026-08-31T12:00:00Z', deprecation_replacement_model: 'mistral-medium-latest' },
    { shutdownDay: '2026-08-31', replacement: 'mistral-medium-latest' },
  ],
  [
    'Mistral, not announced',
    { deprecation: null, deprecation_replacement_model: null },
    { shutdownDay: undefined },
  ],
  [
    'Azure',
    {
      lifecycle_status: 'generally-available',
      deprecation: { fine_tune: 1677662127, inference: 1709284527 },
    },
    { shutdownDay: '2024-03-01' },
  ],
  [
    'Anthropic',
    { type: 'model', display_name: 'Claude', created_at: '2025-02-19T00:00:00Z' },
    { shutdownDay: undefined },
  ],
  ['Gemini', { object: 'model', owned_by: 'google' }, { shutdownDay: undefined }],
])('modelCards: reads the shutdown of a model of %s', (_, card, expected) => {
  expect(cardsOf({ data: [{ id: 'm', ...card }] })).toEqual([
    { id: 'm', shutdownDay: undefined, replacement: undefined, ...expected },
  ]);
});

test.each<[string, unknown, string[]]>([
  ['a bare list (Together)', [{ id: 'a' }, { id: 'b' }], ['a', 'b']],
  ['names instead of ids (Ollama)', { models: [{ name: 'llama3' }] }, ['llama3']],
  ['entries without an id', { data: [{ id: '' }, null, 'x', { id: 7 }, { id: 'a' }] }, ['a']],
  ['no list', { data: 'none' }, []],
  ['an error', { error: { message: 'no' } }, []],
  ['a text', 'models', []],
])('modelCards: finds the models in %s', (_, body, expected) => {
  expect(cardsOf(body).map(({ id }) => id)).toEqual(expected);
});

test('modelCards: finds no model in a body that is not JSON', () => {
  expect(modelCards(Buffer.from('<html>'))).toEqual([]);
});

test.each<[unknown, string | undefined]>([
  ['Mon, 27 Apr 2026 00:00:00 GMT', '2026-04-27'],
  ['soon', undefined],
  ['', undefined],
  [0, undefined],
  [-1, undefined],
  [1e300, undefined],
  [true, undefined],
])('dayOf: %j is %s', (value, day) => {
  expect(dayOf(value)).toBe(day);
});
