/**
 * Which requests may be recorded and replayed: only those whose response depends on nothing but their body. A request that
 * creates something at the API (a thread, a conversation, a file) must not be replayed: when the eval runs again, the
 * object may be gone, or belong to another sample.
 */
import { type Fields, isObject, listOf, parseFields } from '../json.ts';

/** The endpoints of replayable requests, by the last part of their path. */
export type Endpoint =
  | 'chat/completions'
  | 'completions'
  | 'embeddings'
  | 'moderations'
  | 'responses'
  | 'messages';

/**
 * `/chat/completions`, also behind a version (`/v1`) or a deployment (Azure). Nothing else may precede or follow it:
 * `/threads/thread_1/messages` creates a message.
 */
const REPLAYABLE =
  /^(?:\/v\d+(?:beta\d*)?)?(?:\/openai)?(?:\/v\d+)?(?:\/(?:deployments|engines)\/[^/]+)?\/(chat\/completions|completions|embeddings|moderations|responses|messages)\/?$/;

/** Endpoints that store nothing, but are not recorded. */
const STORES_NOTHING =
  /\/(audio\/\w+|images\/\w+|count_tokens|tokenize|detokenize|rerank|score|classify|pooling|input_tokens)\/?$/;

/** The path of a stored response. Its id belongs to the run that created it. */
const STORED_RESPONSE = /\/(responses|chat\/completions)\/[^/]+/;

/** Fields that refer to something that the API stores, as OpenAI, Anthropic and others name them. */
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
  /** It may be recorded and replayed. */
  | { readonly kind: 'replayable'; readonly endpoint: Endpoint; readonly model: string }
  /** It creates, changes or uses something that the API stores. */
  | { readonly kind: 'stateful' }
  /** Neither: a look-up, or an endpoint that stores nothing. */
  | { readonly kind: 'other' };

/** @param rest path and query behind the base URL of the provider */
export function natureOf(method: string, rest: string, body: Buffer): RequestNature {
  const path = rest.replace(/[?#].*$/s, '');
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS')
    return { kind: STORED_RESPONSE.test(path) ? 'stateful' : 'other' };
  const endpoint = REPLAYABLE.exec(path)?.[1] as Endpoint | undefined;
  if (method !== 'POST' || endpoint === undefined) {
    return { kind: method === 'POST' && STORES_NOTHING.test(path) ? 'other' : 'stateful' };
  }
  const fields = parseFields(body);
  if (fields === undefined || referencesState(fields)) return { kind: 'stateful' };
  return { kind: 'replayable', endpoint, model: typeof fields.model === 'string' ? fields.model : '' };
}

function referencesState(fields: Fields): boolean {
  if (fields.background === true) return true;
  if (REFERENCES.some((name) => refersTo(fields[name]))) return true;
  return listOf(fields.input).some((item) => isObject(item) && item.type === 'item_reference');
}

function refersTo(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}
