import { expect, test } from 'vitest';
import type { PriceOverride } from '../../../src/model/price.ts';
import type { PriceList } from '../../../src/price/list.ts';
import { priceBook, providersAt } from '../../../src/price/price-book.ts';
import { priceList } from '../../../src/price/price-list.ts';

const AT = new Date('2026-09-30T12:00:00Z');
const ANTHROPIC = 'https://api.anthropic.com';

function pricesAt(url: string, at = AT, overrides: readonly PriceOverride[] = []) {
  const providers = providersAt(priceList, [new URL(url), new URL(ANTHROPIC)]);
  return priceBook(priceList, { providers, overrides, at });
}

const openai = pricesAt('https://api.openai.com/v1');

test('price book: the models of OpenAI, dated, fine-tuned and small, have their own prices', () => {
  expect(openai('gpt-4o')).toEqual({ input: 2.5, output: 10, cached: 1.25 });
  expect(openai('gpt-4o-2024-08-06')).toEqual(openai('gpt-4o'));
  expect(openai('gpt-4o-2024-05-13')).toEqual({ input: 5, output: 15, cached: 5 });
  expect(openai('gpt-4o-mini')).toEqual({ input: 0.15, output: 0.6, cached: 0.075 });
  expect(openai('gpt-4o-mini-2024-07-18')).toEqual(openai('gpt-4o-mini'));
  expect(openai('GPT-4o-mini')).toEqual(openai('gpt-4o-mini'));
  expect(openai('ft:gpt-4o-mini-2024-07-18:own::abc')).toEqual({ input: 0.3, output: 1.2, cached: 0.3 });
  expect(openai('gpt-3.5-turbo-16k')).toMatchObject({ input: 3, output: 4 });
  expect(openai('gpt-3.5-turbo-0125')).toMatchObject({ input: 0.5, output: 1.5 });
  expect(openai('gpt-4.1-nano-2025-04-14')).toMatchObject({ input: 0.1, output: 0.4 });
  expect(openai('o3-mini')).toMatchObject({ input: 1.1, output: 4.4 });
});

test('price book: an embedding bills its input alone, and moderation is free', () => {
  expect(openai('text-embedding-3-small')).toEqual({ input: 0.02, output: 0, cached: 0.02 });
  expect(openai('omni-moderation-latest')).toEqual({ input: 0, output: 0, cached: 0 });
});

test('price book: of prices in tiers, the base price counts', () => {
  expect(openai('gpt-5.4')).toEqual({ input: 2.5, output: 15, cached: 0.25 });
});

test('price book: a model of the other client is found at its own provider', () => {
  expect(openai('claude-3-haiku-20240307')).toEqual({ input: 0.25, output: 1.25, cached: 0.03 });
});

test('price book: a date may be written with and without dashes', () => {
  expect(openai('gpt-4o-20240806')).toEqual(openai('gpt-4o'));
});

test.each(['gpt-4o-9000', 'my-model', '', 'constructor', '__proto__', 'whisper-1'])(
  'price book: OpenAI has no price by the token for %j',
  (name) => {
    expect(openai(name)).toBeUndefined();
  },
);

test('price book: Azure charges its own prices and those of OpenAI, at the path of a deployment too', () => {
  const azure = pricesAt('https://own.openai.azure.com/openai/deployments/gpt-4o');
  expect(azure('gpt-4o')).toEqual(openai('gpt-4o'));
  expect(azure('gpt-35-turbo')).toBeDefined();
  expect(azure('our-deployment')).toBeUndefined();
});

test('price book: other providers are known by their base URLs, and name their models in their own way', () => {
  expect(pricesAt('https://openrouter.ai/api/v1')('openai/gpt-4o-mini')).toMatchObject({ input: 0.15 });
  expect(pricesAt('https://api.groq.com/openai/v1')('llama-3.1-8b-instant')).toBeDefined();
  expect(pricesAt('https://api.mistral.ai/v1')('mistral-large-latest')).toBeDefined();
  expect(pricesAt('https://api.moonshot.cn/v1')('kimi-k2-0905-preview')).toBeDefined();
});

test.each([
  'http://127.0.0.1:8080/v1',
  'https://llm.example.com/v1',
  'https://api.openai.com.example.com/v1',
  'https://api.openai.company/v1',
  'http://api.openai.com/v1',
])('price book: nothing is known of the prices at %s', (url) => {
  const prices = pricesAt(url);
  expect(prices('gpt-4o')).toBeUndefined();
  expect(prices('claude-3-haiku-20240307'), 'nobody knows which server it was sent to').toBeUndefined();
});

test('price book: a price that changed is that of the day', () => {
  const list: PriceList = {
    ...{ source: 'a list', version: '1', date: '2026-01-01' },
    providers: [
      {
        ...{ id: 'own', url: 'https://own\\.example' },
        models: [
          ['=a', [{ price: [10, 40] }, { from: '2025-06-10', price: [2, 8] }]],
          ['=b', [{ price: [1, 1] }, { daily: [23 * 60, 60], price: [0.5, 0.5] }]],
        ],
      },
    ],
  };
  const at = (time: string, model: string) =>
    priceBook(list, { providers: ['own'], overrides: [], at: new Date(time) })(model)?.input;
  expect(at('2025-06-09T23:59:59Z', 'a')).toBe(10);
  expect(at('2025-06-10T00:00:00Z', 'a')).toBe(2);
  expect(at('2026-01-01T22:59:00Z', 'b')).toBe(1);
  expect(at('2026-01-01T23:00:00Z', 'b')).toBe(0.5);
  expect(at('2026-01-01T00:59:59Z', 'b')).toBe(0.5);
  expect(at('2026-01-01T01:00:00Z', 'b')).toBe(1);
});

test('price book: a price that the user set counts more than the list, and a name more than a pattern', () => {
  const price = (input: number) => ({ input, output: 0, cached: 0 });
  const overrides = [
    { model: 'own-*', price: price(1) },
    { model: '*-large*', price: price(2) },
    { model: 'own-large-v2', price: price(3) },
    { model: 'gpt-4o', price: price(4) },
  ];
  const prices = pricesAt('http://127.0.0.1:8080/v1', AT, overrides);
  expect(prices('own-small')).toEqual(price(1));
  expect(prices('own-large')).toEqual(price(1));
  expect(prices('an-large-v1')).toEqual(price(2));
  expect(prices('own-large-v2')).toEqual(price(3));
  expect(prices('our-own-small')).toBeUndefined();
  expect(pricesAt('https://api.openai.com/v1', AT, overrides)('gpt-4o')).toEqual(price(4));
});

test('price book: a pattern with many stars takes no longer than one with few', () => {
  const overrides = [{ model: `${'*a'.repeat(2000)}b`, price: { input: 1, output: 1, cached: 1 } }];
  const prices = priceBook(priceList, { providers: [], overrides, at: AT });
  expect(prices('a'.repeat(1000))).toBeUndefined();
});
