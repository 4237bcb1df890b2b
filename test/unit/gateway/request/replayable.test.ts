import { describe, expect, test } from 'vitest';
import { natureOf } from '../../../../src/gateway/request/replayable.ts';

const QUESTION = { model: 'm', messages: [{ role: 'user', content: 'x' }] };
const kindOf = (method: string, path: string, body: unknown = QUESTION) =>
  natureOf(method, path, Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))).kind;

describe('what is recorded and replayed: a pure question', () => {
  test.each([
    ['OpenAI chat', '/chat/completions', 'chat/completions'],
    ['OpenAI chat, with a query', '/chat/completions?api-version=2024-10-21', 'chat/completions'],
    ['a base URL without /v1', '/v1/chat/completions', 'chat/completions'],
    ['Azure', '/openai/deployments/my-gpt/chat/completions?api-version=1', 'chat/completions'],
    ['Azure, new', '/openai/v1/responses', 'responses'],
    ['Gemini', '/v1beta/openai/chat/completions', 'chat/completions'],
    ['OpenAI completions', '/completions', 'completions'],
    ['embeddings', '/embeddings', 'embeddings'],
    ['moderations', '/moderations', 'moderations'],
    ['responses', '/responses', 'responses'],
    ['Anthropic', '/v1/messages?beta=true', 'messages'],
  ])('%s: POST %s', (_, path, endpoint) => {
    expect(natureOf('POST', path, Buffer.from(JSON.stringify(QUESTION)))).toEqual({
      kind: 'replayable',
      endpoint,
      model: 'm',
    });
  });

  test.each([
    ['a response that is stored', '/responses', { model: 'm', input: 'x', store: true }],
    [
      'no conversation',
      '/responses',
      { model: 'm', input: 'x', conversation: null, previous_response_id: '' },
    ],
    ['in the foreground', '/responses', { model: 'm', input: 'x', background: false }],
    ['a metadata field of that name', '/chat/completions', { ...QUESTION, metadata: { thread_id: 't' } }],
  ])('%s', (_, path, body) => {
    expect(kindOf('POST', path, body)).toBe('replayable');
  });
});

describe('what makes or uses something that the API keeps', () => {
  test.each([
    ['a conversation is made', 'POST', '/conversations', {}],
    ['a thread is made', 'POST', '/threads', {}],
    ['a message of a thread', 'POST', '/threads/thread_1/messages', { role: 'user', content: 'x' }],
    ['a run of a thread', 'POST', '/threads/thread_1/runs', { assistant_id: 'a' }],
    ['an assistant', 'POST', '/assistants', { model: 'm' }],
    ['a file', 'POST', '/files', '--boundary\r\n'],
    ['a vector store', 'POST', '/vector_stores', { name: 'x' }],
    ['a batch', 'POST', '/v1/messages/batches', { requests: [] }],
    ['an upload', 'PUT', '/uploads/u', {}],
    ['a container', 'POST', '/containers', { name: 'x' }],
    ['something is deleted', 'DELETE', '/conversations/conv_1', ''],
    ['a stored chat is changed', 'POST', '/chat/completions/chatcmpl-1', { metadata: {} }],
    ['a response is cancelled', 'POST', '/responses/resp_1/cancel', {}],
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
      'a response to another one',
      'POST',
      '/responses',
      { model: 'm', input: 'x', previous_response_id: 'resp_1' },
    ],
    ['a response in the background', 'POST', '/responses', { model: 'm', input: 'x', background: true }],
    [
      'a response that names an item of another one',
      'POST',
      '/responses',
      { model: 'm', input: [{ type: 'item_reference', id: 'msg_1' }] },
    ],
    ['Anthropic: a container', 'POST', '/v1/messages', { ...QUESTION, container: 'container_1' }],
    ['a server with sessions', 'POST', '/chat/completions', { ...QUESTION, session_id: 's' }],
    ['a server with conversations', 'POST', '/chat/completions', { ...QUESTION, conversation_id: 'c' }],
    ['a stored response is read', 'GET', '/responses/resp_1', ''],
    ['a path that is not known', 'POST', '/agents/run', { model: 'm' }],
    ['a body that is no JSON object', 'POST', '/chat/completions', '[1]'],
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
])('neither, and passed on: %s %s', (method, path) => {
  expect(kindOf(method, path)).toBe('other');
});
