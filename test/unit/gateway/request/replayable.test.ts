import { describe, expect, test } from 'vitest';
import { natureOf } from '../../../../src/gateway/request/replayable.ts';

const CHAT = { model: 'm', messages: [{ role: 'user', content: 'x' }] };
const kindOf = (method: string, path: string, body: unknown = CHAT) =>
  natureOf(method, path, Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))).kind;

describe('natureOf: replayable is', () => {
  test.each([
    ['OpenAI chat', '/chat/completions', 'chat/completions'],
    ['OpenAI chat, with a query', '/chat/completions?api-version=2024-10-21', 'chat/completions'],
    ['OpenAI chat, from a base URL without /v1', '/v1/chat/completions', 'chat/completions'],
    ['Azure', '/openai/deployments/my-gpt/chat/completions?api-version=1', 'chat/completions'],
    ['Azure with /openai/v1', '/openai/v1/responses', 'responses'],
    ['Gemini', '/v1beta/openai/chat/completions', 'chat/completions'],
    ['OpenAI completions', '/completions', 'completions'],
    ['embeddings', '/embeddings', 'embeddings'],
    ['moderations', '/moderations', 'moderations'],
    ['responses', '/responses', 'responses'],
    ['Anthropic', '/v1/messages?beta=true', 'messages'],
  ])('%s: POST %s', (_, path, endpoint) => {
    expect(natureOf('POST', path, Buffer.from(JSON.stringify(CHAT)))).toEqual({
      kind: 'replayable',
      endpoint,
      model: 'm',
    });
  });

  test.each([
    ['a request whose response is stored', '/responses', { model: 'm', input: 'x', store: true }],
    [
      'a request with an empty conversation',
      '/responses',
      { model: 'm', input: 'x', conversation: null, previous_response_id: '' },
    ],
    ['a request with background: false', '/responses', { model: 'm', input: 'x', background: false }],
    [
      'a request with a thread_id in its metadata',
      '/chat/completions',
      { ...CHAT, metadata: { thread_id: 't' } },
    ],
  ])('%s', (_, path, body) => {
    expect(kindOf('POST', path, body)).toBe('replayable');
  });
});

describe('natureOf: stateful is', () => {
  test.each([
    ['creating a conversation', 'POST', '/conversations', {}],
    ['creating a thread', 'POST', '/threads', {}],
    ['creating a message of a thread', 'POST', '/threads/thread_1/messages', { role: 'user', content: 'x' }],
    ['starting a run of a thread', 'POST', '/threads/thread_1/runs', { assistant_id: 'a' }],
    ['creating an assistant', 'POST', '/assistants', { model: 'm' }],
    ['uploading a file', 'POST', '/files', '--boundary\r\n'],
    ['creating a vector store', 'POST', '/vector_stores', { name: 'x' }],
    ['creating a batch', 'POST', '/v1/messages/batches', { requests: [] }],
    ['continuing an upload', 'PUT', '/uploads/u', {}],
    ['creating a container', 'POST', '/containers', { name: 'x' }],
    ['deleting a conversation', 'DELETE', '/conversations/conv_1', ''],
    ['changing a stored chat', 'POST', '/chat/completions/chatcmpl-1', { metadata: {} }],
    ['cancelling a response', 'POST', '/responses/resp_1/cancel', {}],
    [
      'a response in a conversation',
      'POST',
      '/responses',
      { model: 'm', input: 'x', conversation: 'conv_1' },
    ],
    [
      'a response in a conversation, as an object',
      'POST',
      '/responses',
      { model: 'm', input: 'x', conversation: { id: 'conv_1' } },
    ],
    [
      'a response that continues an earlier one',
      'POST',
      '/responses',
      { model: 'm', input: 'x', previous_response_id: 'resp_1' },
    ],
    ['a response in the background', 'POST', '/responses', { model: 'm', input: 'x', background: true }],
    [
      'a response that refers to an item of an earlier one',
      'POST',
      '/responses',
      { model: 'm', input: [{ type: 'item_reference', id: 'msg_1' }] },
    ],
    ['a message in a container (Anthropic)', 'POST', '/v1/messages', { ...CHAT, container: 'container_1' }],
    ['a chat with a session_id', 'POST', '/chat/completions', { ...CHAT, session_id: 's' }],
    ['a chat with a conversation_id', 'POST', '/chat/completions', { ...CHAT, conversation_id: 'c' }],
    ['reading a stored response', 'GET', '/responses/resp_1', ''],
    ['an unknown path', 'POST', '/agents/run', { model: 'm' }],
    ['a body that is not a JSON object', 'POST', '/chat/completions', '[1]'],
  ])('%s: %s %s', (_, method, path, body) => {
    expect(kindOf(method, path, body)).toBe('stateful');
  });
});

test.each([
  ['GET', '/models'],
  ['GET', '/threads/thread_1/messages'],
  ['HEAD', '/models'],
  ['POST', '/audio/speech'],
  ['POST', '/audio/transcriptions'],
  ['POST', '/images/generations'],
  ['POST', '/v1/messages/count_tokens'],
  ['POST', '/v1/rerank'],
])('natureOf: neither replayable nor stateful is %s %s', (method, path) => {
  expect(kindOf(method, path)).toBe('other');
});
