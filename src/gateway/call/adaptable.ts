/**
 * Adapts requests to what a model accepts, on the word of the API's own 400 and of nothing else: there is no list of models
 * here, and only parameters that merely tune the sampling are ever changed. A request without its `response_format` would
 * be another question; then the eval fails in the provider's words, as it does with plain `oaieval`.
 *
 *     Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.
 *     Unsupported value: 'temperature' does not support 0.0 with this model. Only the default (1) value is supported.
 */
import type { Adaptation } from '../../model/adaptation.ts';
import type { ProviderError } from '../response/provider-error.ts';

/** Parameters that may be left out, those that change least first. */
const DROPPABLE = [
  'user',
  'seed',
  'top_p',
  'frequency_penalty',
  'presence_penalty',
  'repetition_penalty',
  'temperature',
] as const;

/** Parameters that may be sent under another name, and under which. */
const RENAMES: Readonly<Record<string, readonly string[]>> = {
  max_tokens: ['max_completion_tokens', 'max_output_tokens'],
  max_completion_tokens: ['max_tokens', 'max_output_tokens'],
  user: ['safety_identifier', 'prompt_cache_key'],
};

const ADAPTABLE: readonly string[] = [...DROPPABLE, ...Object.keys(RENAMES)];

/** A value too long to be a number of tokens or a temperature is not repeated in records. */
const LONGEST_VALUE = 200;

/** OpenAI and Azure, Anthropic, Groq, xAI, Gemini, Moonshot, in this order. */
const REFUSES_PARAMETER = new RegExp(
  [
    'unsupported[_ ](parameter|value)|not supported with this model|does not support|unrecognized request argument',
    'is deprecated for this model|cannot both be specified|may only be set',
    'is unsupported|is not supported',
    'argument not supported',
    'unknown (name|field|parameter)',
    'only [\\d.]+ is allowed',
  ].join('|'),
  'i',
);

/** What to change, when a 400 is about a parameter of this body that may be changed; undefined: nothing. */
export function adaptationFor(
  error: ProviderError,
  body: Readonly<Record<string, unknown>>,
): Adaptation | undefined {
  if (error.status !== 400 || !REFUSES_PARAMETER.test(`${error.code} ${error.message}`)) return undefined;
  const param = error.param === '' ? namedIn(error.message, body) : error.param;
  if (param === undefined || !ADAPTABLE.includes(param) || !Object.hasOwn(body, param)) return undefined;
  const instead = /\buse ['"`]?(\w+)['"`]? instead/i.exec(error.message)?.[1];
  const renamedTo = RENAMES[param]?.find((name) => name === instead);
  if (renamedTo === undefined && !DROPPABLE.some((name) => name === param)) return undefined;
  const model = String(body.model);
  return renamedTo === undefined
    ? { model, param, value: jsonOf(body, param), renamedTo: null }
    : { model, param, value: null, renamedTo };
}

/** The adaptable parameter of the body that the message names. Camel case is xAI's (`presencePenalty`). */
function namedIn(message: string, body: Readonly<Record<string, unknown>>): string | undefined {
  const quoted = /['"`]([\w.[\]]+)['"`]/.exec(message)?.[1];
  const named = (name: string) => {
    const camelCase = name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    return new RegExp(`(?<![\\w.])(${name}|${camelCase})(?![\\w.])`).test(message);
  };
  // What stands in quotes first is what the message is about: a word behind it may only explain.
  if (quoted !== undefined && Object.hasOwn(body, quoted) && !ADAPTABLE.includes(quoted)) return undefined;
  return ADAPTABLE.find((name) => Object.hasOwn(body, name) && named(name));
}

export interface AdaptedBody {
  readonly body: Buffer;
  /** What was changed in it. */
  readonly adaptations: readonly Adaptation[];
}

/** What the job has learnt, for each path, model, parameter and value. */
export class Adaptations {
  readonly #learnt = new Map<string, Adaptation[]>();

  /** The body as the model accepts it; the body itself when nothing is known against it. */
  apply(path: string, body: Buffer): AdaptedBody {
    const unchanged = { body, adaptations: [] };
    if (this.#learnt.size === 0) return unchanged;
    const fields = parseFields(body);
    const known = fields && this.#learnt.get(subject(path, fields));
    if (!known) return unchanged;
    const adaptations: Adaptation[] = [];
    let adapted = fields;
    for (const each of known) {
      if (!applies(each, adapted)) continue;
      adapted = adapt(adapted, each);
      adaptations.push(each);
    }
    return adaptations.length === 0 ? unchanged : { body: Buffer.from(JSON.stringify(adapted)), adaptations };
  }

  /** Learns from a refusal of `body`. @returns what was learnt; undefined when there is nothing to learn */
  learn(path: string, body: Buffer, error: ProviderError): Adaptation | undefined {
    const fields = parseFields(body);
    const adaptation = fields && adaptationFor(error, fields);
    if (!adaptation) return undefined;
    const id = subject(path, fields);
    const known = this.#learnt.get(id) ?? [];
    if (!known.some(({ param, value }) => param === adaptation.param && value === adaptation.value))
      this.#learnt.set(id, [...known, adaptation]);
    return adaptation;
  }
}

function applies({ param, value }: Adaptation, fields: Readonly<Record<string, unknown>>): boolean {
  return Object.hasOwn(fields, param) && (value === null || jsonOf(fields, param) === value);
}

function jsonOf(fields: Readonly<Record<string, unknown>>, param: string): string {
  return JSON.stringify(fields[param]).slice(0, LONGEST_VALUE);
}

function adapt(fields: Record<string, unknown>, { param, renamedTo }: Adaptation): Record<string, unknown> {
  const { [param]: value, ...rest } = fields;
  return renamedTo === null || Object.hasOwn(rest, renamedTo) ? rest : { ...rest, [renamedTo]: value };
}

function subject(path: string, fields: Record<string, unknown>): string {
  return JSON.stringify([path, fields.model]);
}

/** The fields of a JSON body; undefined when it is no JSON object. */
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
