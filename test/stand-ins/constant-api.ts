/**
 * A stand-in for the model API that responds to every request immediately with the same small chat completion. It takes
 * hardly any CPU time, so that a benchmark measures the gateway in front of it. It sends its base URL to its parent process.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const RESPONSE = Buffer.from(
  JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'gpt-4',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Paris' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 20, completion_tokens: 1, total_tokens: 21 },
  }),
);

const server = createServer((request, response) => {
  request.resume().once('end', () => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': RESPONSE.length });
    response.end(RESPONSE);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` });
});
process.once('disconnect', () => process.exit());
