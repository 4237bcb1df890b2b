/**
 * Which requests may be recorded and replayed: only pure questions, whose response depends on nothing but their body. What
 * made something at the API (a thread, a conversation, a file) must not be replayed: the thing may be gone when the eval
 * runs again, or belong to another sample.
 */
import { parseFields } from '../call/adaptable.ts';

/** The endpoints that answer a question, by the last part of their path. */
export type Endpoint =
  | 'chat/completions'
  | 'completions'
  | 'embeddings'
  | 'moderations'
  | 'responses'
  | 'messages';

/**
 * `/chat/completions`, also behind a version (`/v1`) or a deployment (Azure); nothing else may stand before or behind it:
 * `/threads/thread_1/messages` makes a message.
 */
const QUESTION =
  /^(?:\/v\d+(?:beta\d*)?)?(?:\/openai)?(?:\/v\d+)?(?:\/(?:deployments|engines)\/[^/]+)?\/(chat\/completions|completions|embeddings|moderations|responses|messages)\/?$/;

/** Endpoints that answer without keeping anything, but are not recorded. */
const KEEPS_NOTHING =
  /\/(audio\/\w+|images\/\w+|count_tokens|tokenize|detokenize|rerank|score|classify|pooling|input_tokens)\/?$/;

/** An answer that the API keeps, read by its id: the id is of the run that asked. */
const STORED_RESPONSE = /\/(responses|chat\/completions)\/[^/]+/;

/** Fields by which a question refers to something that the API keeps, in the words of OpenAI, Anthropic and others. */
const REFERENCES = [
  'conversation',
  'conversation_id',
  'previous_response_id',
  'previous_interaction_id',
  'thread_id',
  'session_id',
  'chat_id',
  'container',
] as const;

export type RequestNature =
  /** Recorded and replayed. */
  | { readonly kind: 'question'; readonly endpoint: Endpoint; readonly model: string }
  /** Makes, changes or uses something that the API keeps. */
  | { readonly kind: 'stateful' }
  /** Neither: a look-up, or an endpoint that keeps nothing. */
  | { readonly kind: 'other' };

/** @param rest path and query behind the base URL of the provider */
export function natureOf(method: string, rest: string, body: Buffer): RequestNature {
  const path = rest.replace(/[?#].*$/s, '');
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS')
    return { kind: STORED_RESPONSE.test(path) ? 'stateful' : 'other' };
  const endpoint = QUESTION.exec(path)?.[1] as Endpoint | undefined;
  if (method !== 'POST' || endpoint === undefined) {
    return { kind: method === 'POST' && KEEPS_NOTHING.test(path) ? 'other' : 'stateful' };
  }
  const fields = parseFields(body);
  if (fields === undefined || referencesState(fields)) return { kind: 'stateful' };
  return { kind: 'question', endpoint, model: typeof fields.model === 'string' ? fields.model : '' };
}

function referencesState(fields: Readonly<Record<string, unknown>>): boolean {
  if (fields.background === true) return true;
  if (REFERENCES.some((name) => isSet(fields[name]))) return true;
  const items = Array.isArray(fields.input) ? fields.input : [];
  return items.some((item) => isObject(item) && item.type === 'item_reference');
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
