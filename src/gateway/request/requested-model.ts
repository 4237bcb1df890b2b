/** The model that a request asks for, and its replacement by the model map. */
import type { ModelMap } from '../../model/model-map.ts';
import { parseFields } from '../json.ts';

export interface RequestedModel {
  /** Path and query behind the base URL. */
  readonly rest: string;
  readonly body: Buffer;
  /** The name in the request of the eval; empty when it has none. */
  readonly asked: string;
  /** The name that is sent: the same, unless the map replaces it. */
  readonly sent: string;
}

/** The path of a deployment at Azure, or of an engine. There the path names the model, whatever the body says. */
const DEPLOYMENT = /^((?:\/[^/?]+)*?\/(?:deployments|engines)\/)([^/?]+)/;

/** Replaces the model of a POST, in the JSON of its body and in the path of a deployment. */
export function requestedModel(method: string, rest: string, body: Buffer, map: ModelMap): RequestedModel {
  const none = { rest, body, asked: '', sent: '' };
  if (method !== 'POST') return none;
  const fields = parseFields(body);
  const [, before = '', segment = ''] = DEPLOYMENT.exec(rest) ?? [];
  const deployment = decoded(segment);
  const named = typeof fields?.model === 'string' ? fields.model : '';
  const asked = deployment || named;
  const sent = map.get(asked) ?? asked;
  if (asked === sent) return { ...none, asked, sent };
  const path =
    deployment === ''
      ? rest
      : `${before}${encodeURIComponent(sent)}${rest.slice(before.length + segment.length)}`;
  return { rest: path, body: named === asked ? withModel(body, sent) : body, asked, sent };
}

/** TypeScript does not know this function of JavaScript yet: a value whose JSON is the given text. */
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };

/** All numbers keep their digits, because a seed may be larger than a number of JavaScript can be. */
function withModel(body: Buffer, model: string): Buffer {
  const fields: object = JSON.parse(
    body.toString('utf8'),
    (_, value: unknown, context?: { source: string }) =>
      typeof value === 'number' && context ? rawJSON(context.source) : value,
  );
  return Buffer.from(JSON.stringify({ ...fields, model }));
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
