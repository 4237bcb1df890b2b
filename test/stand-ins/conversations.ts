/**
 * The part of the stand-in for the model API that has state: conversations and responses, until they are deleted
 * (https://platform.openai.com/docs/api-reference/conversations). Pass it as `faults`.
 */
import type { Fault } from './api-faults.ts';
import type { ModelRequest } from './model-request.ts';

/** Every answer is `answer to <the first input of the conversation>`, so that an answer shows whose conversation it used. */
export function conversations() {
  const stored = new Map<string, string[]>();
  const gone = (id: unknown): Fault => ({
    status: 404,
    body: {
      error: { message: `'${id}' not found.`, type: 'invalid_request_error', param: null, code: null },
    },
  });
  let made = 0;
  const answer = (text: string, id: string): Fault => ({
    status: 200,
    body: {
      id,
      object: 'response',
      created_at: 1,
      model: 'gpt-4',
      status: 'completed',
      parallel_tool_calls: true,
      tool_choice: 'auto',
      tools: [],
      output: [
        {
          type: 'message',
          id: `msg_${id}`,
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text, annotations: [] }],
        },
      ],
    },
  });
  const faults = ({ method, path, body }: ModelRequest): Fault | undefined => {
    const fields = (body ?? {}) as Record<string, string>;
    if (path === '/v1/conversations') {
      const id = `conv_${++made}`;
      stored.set(id, []);
      return { status: 200, body: { id, object: 'conversation', created_at: 1, metadata: {} } };
    }
    if (method === 'DELETE') {
      const id = path.split('/').at(-1) ?? '';
      return stored.delete(id)
        ? { status: 200, body: { id, object: 'conversation.deleted', deleted: true } }
        : gone(id);
    }
    if (path !== '/v1/responses') return undefined;
    const { conversation, previous_response_id: previous, input = '' } = fields;
    const said = stored.get(conversation ?? previous ?? '') ?? (conversation || previous ? undefined : []);
    if (!said) return gone(conversation ?? previous);
    said.push(input);
    const id = `resp_${++made}`;
    stored.set(id, said);
    // If the conversation of another sample was used, the answer is wrong.
    return answer(`answer to ${said[0]}`, id);
  };
  return { faults, forget: () => stored.clear() };
}
