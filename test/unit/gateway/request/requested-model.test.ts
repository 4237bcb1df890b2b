import { expect, test } from 'vitest';
import { requestedModel } from '../../../../src/gateway/request/requested-model.ts';

const map = new Map([
  ['old', 'new'],
  ['new', 'newest'],
  ['a/b', 'c/d'],
]);

const replaced = (body: string, { rest = '/chat/completions', method = 'POST' } = {}) => {
  const model = requestedModel(method, rest, Buffer.from(body), map);
  return { ...model, body: model.body.toString() };
};

test('requestedModel: replaces the model, and a replacement is not replaced again', () => {
  expect(replaced('{"model": "old", "messages": []}')).toEqual({
    rest: '/chat/completions',
    body: '{"model":"new","messages":[]}',
    asked: 'old',
    sent: 'new',
  });
});

test('requestedModel: replaces the model of any JSON that is posted, such as that of Anthropic or of an assistant', () => {
  for (const rest of ['/v1/messages', '/assistants', '/embeddings', '/responses'])
    expect(replaced('{"model": "old"}', { rest })).toMatchObject({ rest, body: '{"model":"new"}' });
});

test('requestedModel: everything else stays the same, digit for digit', () => {
  const rest =
    '"seed":9223372036854775807,"temperature":1.0,"top":{"model":"old"},"text":"\\u2028é\\ud83d\\ude00"';
  const { body } = replaced(`{"model":"old",${rest}}`);
  expect(body).toBe(`{"model":"new",${rest.replace('\\u2028', '\u2028').replace('\\ud83d\\ude00', '😀')}}`);
});

test.each([
  ['another model', '{"model": "other", "seed":1.0}'],
  ['no model', '{"messages": []}'],
  ['a model that is not a string', '{"model": ["old"]}'],
  ['a name in other letters', '{"model": "Old"}'],
  ['no JSON', 'model=old'],
  ['a list', '[{"model": "old"}]'],
  ['nothing', ''],
])('requestedModel: a body with %s stays the same, byte for byte', (_, body) => {
  expect(replaced(body).body).toBe(body);
});

test('requestedModel: a GET asks for no model', () => {
  expect(replaced('', { method: 'GET', rest: '/models/old' })).toMatchObject({
    rest: '/models/old',
    asked: '',
  });
});

test.each([
  ['/deployments/old/chat/completions?api-version=1', '/deployments/new/chat/completions?api-version=1'],
  ['/openai/deployments/a%2Fb/embeddings', '/openai/deployments/c%2Fd/embeddings'],
  ['/engines/old/completions', '/engines/new/completions'],
  ['/deployments/other/chat/completions', '/deployments/other/chat/completions'],
  ['/files?purpose=/deployments/old/', '/files?purpose=/deployments/old/'],
  ['/deployments/%E0%A4%A/chat/completions', '/deployments/%E0%A4%A/chat/completions'],
])('requestedModel: the deployment in the path %s becomes %s', (rest, expected) => {
  expect(replaced('{}', { rest }).rest).toBe(expected);
});

test("requestedModel: a deployment in the path counts, as at Azure, and the body's model follows if it is the same", () => {
  const rest = '/deployments/old/chat/completions';
  expect(replaced('{"model":"old"}', { rest })).toMatchObject({ body: '{"model":"new"}', asked: 'old' });
  expect(replaced('{"model":"other"}', { rest })).toMatchObject({ body: '{"model":"other"}', sent: 'new' });
});
