/** The responses of the stand-in for the model API: a pure function of the request and of the API's knowledge. */
import { createHash } from 'node:crypto';
import { type Answer, errorBody, json } from './http-answer.ts';
import { field, textOf } from './json-fields.ts';
import { type Knowledge, messageText, promptKeys } from './knowledge.ts';
import { type ModelCatalog, modelCard, modelList, retiredModel } from './model-catalog.ts';
import type { ModelRequest } from './model-request.ts';

/** A constant, because responses must not depend on the clock. */
const created = 1_700_000_000;
const embeddingSize = 16;

export interface AnswerContext {
  readonly knowledge: Knowledge;
  readonly rightShare: number;
  readonly catalog: ModelCatalog;
}

export function answerTo(request: ModelRequest, { catalog, ...context }: AnswerContext): Answer {
  if (!/^Bearer \S/.test(request.headers.authorization ?? '')) {
    const message =
      "You didn't provide an API key. You need to provide your API key in an Authorization header.";
    return json(401, errorBody(message, 'invalid_request_error', null, null));
  }
  const route = `${request.method} ${request.path}`;
  if (route === 'GET /v1/models') return modelList(catalog);
  if (request.method === 'GET' && request.path.startsWith('/v1/models/')) {
    return modelCard(decodeURIComponent(request.path.slice('/v1/models/'.length)), catalog);
  }
  const answer = posts.get(route);
  if (!answer) {
    return json(404, errorBody(`Invalid URL (${route})`, 'invalid_request_error', null, null));
  }
  if (typeof request.body !== 'object' || request.body === null) {
    const message = 'We could not parse the JSON body of your request.';
    return json(400, errorBody(message, 'invalid_request_error', null, null));
  }
  if (request.model === undefined) {
    return json(400, errorBody('you must provide a model parameter', 'invalid_request_error', null, null));
  }
  if (catalog.retired?.includes(request.model)) return retiredModel(request.model);
  return answer({ request, model: request.model, body: request.body, ...context });
}

interface PostRequest {
  readonly request: ModelRequest;
  readonly model: string;
  readonly body: object;
  readonly knowledge: Knowledge;
  readonly rightShare: number;
}

const posts: ReadonlyMap<string, (post: PostRequest) => Answer> = new Map([
  ['POST /v1/chat/completions', chatCompletion],
  ['POST /v1/completions', textCompletion],
  ['POST /v1/embeddings', embedding],
]);

function chatCompletion({ request, model, body, knowledge, rightShare }: PostRequest): Answer {
  const messages = field(body, 'messages');
  if (!Array.isArray(messages) || messages.length === 0) {
    const message = "Missing required parameter: 'messages'.";
    return json(400, errorBody(message, 'invalid_request_error', 'messages', 'missing_required_parameter'));
  }
  const texts = choicesOf(body, request.bodySha256, promptKeys(messages), knowledge, rightShare);
  const id = `chatcmpl-${request.bodySha256.slice(0, 29)}`;
  const usage = usageOf(messages.map(messageText).join('\n'), texts);
  if (field(body, 'stream') === true) {
    const chunk = { id, object: 'chat.completion.chunk', created, model };
    return events([
      ...texts.flatMap((text, index) => [
        { ...chunk, choices: [{ index, delta: { role: 'assistant', content: '' }, finish_reason: null }] },
        ...pieces(text).map((content) => ({
          ...chunk,
          choices: [{ index, delta: { content }, finish_reason: null }],
        })),
        { ...chunk, choices: [{ index, delta: {}, finish_reason: 'stop' }] },
      ]),
      ...usageChunk(body, chunk, usage),
    ]);
  }
  return json(200, {
    id,
    object: 'chat.completion',
    created,
    model,
    choices: texts.map((content, index) => ({
      index,
      message: { role: 'assistant', content, refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    })),
    usage,
    system_fingerprint: 'fp_stand_in',
  });
}

function textCompletion({ request, model, body, knowledge, rightShare }: PostRequest): Answer {
  const prompt = field(body, 'prompt');
  const prompts = Array.isArray(prompt) && prompt.every((p) => typeof p === 'string') ? prompt : [prompt];
  const texts = prompts.flatMap((each, index) => {
    const hash = index === 0 ? request.bodySha256 : sha256(`${request.bodySha256}/${index}`);
    return choicesOf(body, hash, promptKeys(each), knowledge, rightShare);
  });
  const id = `cmpl-${request.bodySha256.slice(0, 29)}`;
  const usage = usageOf(prompts.map((p) => textOf(p) ?? '').join('\n'), texts);
  if (field(body, 'stream') === true) {
    const chunk = { id, object: 'text_completion', created, model };
    return events([
      ...texts.flatMap((whole, index) => [
        ...pieces(whole).map((text) => ({
          ...chunk,
          choices: [{ index, text, logprobs: null, finish_reason: null }],
        })),
        { ...chunk, choices: [{ index, text: '', logprobs: null, finish_reason: 'stop' }] },
      ]),
      ...usageChunk(body, chunk, usage),
    ]);
  }
  const choices = texts.map((text, index) => ({ index, text, logprobs: null, finish_reason: 'stop' }));
  return json(200, { id, object: 'text_completion', created, model, choices, usage });
}

function embedding({ model, body }: PostRequest): Answer {
  const input = field(body, 'input');
  const inputs = Array.isArray(input) && input.every((i) => typeof i === 'string') ? input : [input];
  const asked = field(body, 'dimensions');
  const size = typeof asked === 'number' && Number.isInteger(asked) && asked > 0 ? asked : embeddingSize;
  const data = inputs.map((each, index) => {
    const vector = unitVector(JSON.stringify(each) ?? '', size);
    // The official Python client asks for base64 by default: float32, little endian.
    const base64 = field(body, 'encoding_format') === 'base64';
    return { object: 'embedding', index, embedding: base64 ? float32Base64(vector) : vector };
  });
  const tokens = inputs.reduce((sum: number, each) => sum + tokensOf(textOf(each) ?? ''), 0);
  return json(200, { object: 'list', data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } });
}

/**
 * The `n` answers to one prompt. If the prompt is known, most bodies get the correct answer and the rest a wrong one. If not,
 * the answer is a grade, when the prompt asks for one, or is made up.
 */
function choicesOf(
  body: object,
  hash: string,
  keys: readonly string[],
  knowledge: Knowledge,
  rightShare: number,
): string[] {
  const asked = field(body, 'n');
  const n = typeof asked === 'number' && Number.isInteger(asked) && asked > 0 ? asked : 1;
  const ideal = keys.map((key) => knowledge.get(key)).find((found) => found !== undefined);
  const choices = gradesAskedFor(keys[0] ?? '');
  return Array.from({ length: n }, (_, index) => {
    const own = index === 0 ? hash : sha256(`${hash}#${index}`);
    if (ideal !== undefined) return fraction(own) < rightShare ? ideal : `wrong ${own.slice(0, 8)}`;
    const grade = choices[Math.floor(fraction(own) * choices.length)];
    if (grade !== undefined) return `${grade}\nReasoned by hash ${own.slice(0, 8)}.\n${grade}`;
    return `answer ${own.slice(0, 8)}`;
  });
}

/** The choices that a model-graded eval names: `… a single choice from "A" or "B" (without quotes …`. */
function gradesAskedFor(prompt: string): string[] {
  const list = /single choice from (.+?) \(without quotes/.exec(prompt)?.[1] ?? '';
  return [...list.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? '');
}

function events(chunks: readonly unknown[]): Answer {
  const lines = [...chunks.map((chunk) => JSON.stringify(chunk)), '[DONE]'].map(
    (data) => `data: ${data}\n\n`,
  );
  return { status: 200, headers: { 'content-type': 'text/event-stream' }, body: Buffer.from(lines.join('')) };
}

function usageChunk(body: object, chunk: object, usage: unknown): unknown[] {
  return field(field(body, 'stream_options'), 'include_usage') === true
    ? [{ ...chunk, choices: [], usage }]
    : [];
}

function usageOf(prompt: string, answers: readonly string[]): unknown {
  const prompt_tokens = tokensOf(prompt);
  const completion_tokens = answers.reduce((sum, answer) => sum + tokensOf(answer), 0);
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}

/** Roughly what a tokenizer counts, and at least 1, because no real answer is free. */
function tokensOf(text: string): number {
  return Math.max(1, Math.ceil(text.length / 4));
}

function pieces(text: string): string[] {
  return text.match(/\S+\s*|\s+/g) ?? [];
}

function unitVector(text: string, size: number): number[] {
  const raw = Array.from({ length: size }, (_, i) => fraction(sha256(`${i}:${text}`)) * 2 - 1);
  const length = Math.hypot(...raw) || 1;
  return raw.map((x) => x / length);
}

function float32Base64(vector: readonly number[]): string {
  const buffer = Buffer.alloc(vector.length * 4);
  vector.forEach((x, i) => {
    buffer.writeFloatLE(x, i * 4);
  });
  return buffer.toString('base64');
}

/** A hash as a number in [0, 1). */
function fraction(hexHash: string): number {
  return Number.parseInt(hexHash.slice(0, 8), 16) / 2 ** 32;
}

export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
