/**
 * Adapts requests to what a model takes, told by the API's own 400 and by nothing else: there is no list of models here.
 *
 *     Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.
 *     Unsupported value: 'temperature' does not support 0.0 with this model. Only the default (1) value is supported.
 */
import type { ProviderError } from './provider-error.ts';

export interface Adaptation {
  readonly param: string;
  /** The parameter that takes its value; undefined: it is left out, so that the model's default holds. */
  readonly renamedTo: string | undefined;
}

/** Parameters that say what is asked. Without them the answer would be to another question. */
const ESSENTIAL = new Set([
  'model',
  'messages',
  'prompt',
  'input',
  'n',
  'stream',
  'tools',
  'functions',
  'suffix',
  'system',
]);

/** Reads what to change out of a 400, if it is about a parameter that may be changed. */
export function adaptationFor(
  error: ProviderError,
  body: Readonly<Record<string, unknown>>,
): Adaptation | undefined {
  if (error.status !== 400) return undefined;
  const said = /unsupported[_ ](parameter|value)|not supported with this model|does not support/i;
  if (!said.test(`${error.code} ${error.message}`)) return undefined;
  const param = error.param || (/'([\w.]+)'/.exec(error.message)?.[1] ?? '');
  if (!Object.hasOwn(body, param) || ESSENTIAL.has(param)) return undefined;
  const renamedTo = /\b[Uu]se '(\w+)' instead/.exec(error.message)?.[1];
  return { param, renamedTo };
}

/** What was learnt, kept for each model and path for the rest of the job. */
export class Adaptations {
  readonly #learnt = new Map<string, Adaptation[]>();

  /** The body as the model takes it; the body itself when nothing is known against it. */
  apply(path: string, body: Buffer): Buffer {
    if (this.#learnt.size === 0) return body;
    const fields = parseFields(body);
    const known = fields && this.#learnt.get(subject(path, fields));
    if (!known) return body;
    return Buffer.from(JSON.stringify(known.reduce(adapt, fields)));
  }

  /** Learns from a refusal. @returns what is new, undefined when there is nothing to learn or it did not help */
  learn(
    path: string,
    body: Buffer,
    error: ProviderError,
  ): { adaptation: Adaptation; model: string } | undefined {
    const fields = parseFields(body);
    const adaptation = fields && adaptationFor(error, fields);
    if (!adaptation) return undefined;
    const id = subject(path, fields);
    const known = this.#learnt.get(id) ?? [];
    if (!known.some(({ param }) => param === adaptation.param)) this.#learnt.set(id, [...known, adaptation]);
    return { adaptation, model: String(fields.model) };
  }
}

function adapt(fields: Record<string, unknown>, { param, renamedTo }: Adaptation): Record<string, unknown> {
  if (!Object.hasOwn(fields, param)) return fields;
  const { [param]: value, ...rest } = fields;
  return renamedTo === undefined || Object.hasOwn(rest, renamedTo) ? rest : { ...rest, [renamedTo]: value };
}

function subject(path: string, fields: Record<string, unknown>): string {
  return JSON.stringify([path, fields.model]);
}

export function parseFields(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
