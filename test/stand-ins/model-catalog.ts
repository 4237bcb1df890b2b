/** The models of the stand-in for the model API, as OpenAI lists them and refuses those that were shut down. */
import { type Answer, errorBody, json } from './http-answer.ts';

export interface ModelCatalog {
  /** The models that `GET /v1/models` lists. Requests may name any other model, too, unless it was shut down. */
  readonly listed?: readonly string[];
  /** Models that were shut down: they are not listed, and requests that name them are refused. */
  readonly retired?: readonly string[];
  /** The days on which models will be shut down, `2026-12-11`. */
  readonly shutdownDates?: Readonly<Record<string, string>>;
}

const LISTED = ['gpt-3.5-turbo', 'gpt-3.5-turbo-instruct', 'gpt-4', 'gpt-4o-mini', 'gpt-5', 'o3-mini'];

/** A constant, because responses must not depend on the clock. */
const CREATED = 1_700_000_000;

export function modelList(catalog: ModelCatalog): Answer {
  return json(200, { object: 'list', data: listedIn(catalog).map((id) => card(id, catalog)) });
}

export function modelCard(id: string, catalog: ModelCatalog): Answer {
  if (listedIn(catalog).includes(id)) return json(200, card(id, catalog));
  const message = `The model '${id}' does not exist`;
  return json(404, errorBody(message, 'invalid_request_error', 'model', 'model_not_found'));
}

export function retiredModel(id: string): Answer {
  const message = `The model \`${id}\` has been deprecated, learn more here: https://platform.openai.com/docs/deprecations`;
  return json(404, errorBody(message, 'invalid_request_error', null, 'model_not_found'));
}

function listedIn({ listed = LISTED, retired = [] }: ModelCatalog): string[] {
  return listed.filter((id) => !retired.includes(id));
}

function card(id: string, { shutdownDates = {} }: ModelCatalog): unknown {
  const card = { id, object: 'model', created: CREATED, owned_by: 'stand-in' };
  return { ...card, shutdown_date: shutdownDates[id] ?? null };
}
