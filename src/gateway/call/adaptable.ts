/**
 * Adapts requests to what a model accepts, guided only by the API's own 400: there is no list of models here, and only
 * parameters that merely tune the sampling are ever changed. Leaving out `response_format`, for example, would change what
 * is asked of the model; the eval fails instead, with the provider's message, as it does with plain `oaieval`.
 *
 *     Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.
 *     Unsupported value: 'temperature' does not support 0.0 with this model. Only the default (1) value is supported.
 */
import type { Adaptation } from '../../model/adaptation.ts';
import { type Fields, parseFields } from '../json.ts';
import type { ProviderError } from '../response/provider-error.ts';

/** Parameters that may be left out, ordered by how little that changes. */
const DROPPABLE = [
  'user',
  'seed',
  'top_p',
  'frequency_penalty',
  'presence_penalty',
  'repetition_penalty',
  'temperature',
] as const;

/** Parameters that may be sent under another name, and those names. */
const RENAMES: Readonly<Record<string, readonly string[]>> = {
  max_tokens: ['max_completion_tokens', 'max_output_tokens'],
  max_completion_tokens: ['max_tokens', 'max_output_tokens'],
  user: ['safety_identifier', 'prompt_cache_key'],
};

const ADAPTABLE: readonly string[] = [...DROPPABLE, ...Object.keys(RENAMES)];

/** A longer value is neither a number of tokens nor a temperature, and is shortened in records. */
const MAX_VALUE_LENGTH = 200;

/** In this order: OpenAI and Azure, LiteLLM and Bedrock, Anthropic, Groq, xAI, Gemini, Moonshot. */
const REFUSES_PARAMETER = new RegExp(
  [
    'unsupported[_ ](parameter|value)|not supported with this model|does not support|unrecognized request argument',
    "(does|do)n['’]t support|do not support",
    'is deprecated for this model|cannot both be specified|may only be set|or unset when',
    'is unsupported|is not supported',
    'argument not supported',
    'unknown (name|field|parameter)',
    'only [\\d.]+ is allowed',
  ].join('|'),
  'i',
);

/** What to change, when a 400 is about a parameter of this body that may be changed; undefined: nothing. */
export function adaptationFor(error: ProviderError, body: Fields): Adaptation | undefined {
  if (error.status !== 400 || !REFUSES_PARAMETER.test(`${error.code} ${error.message}`)) return undefined;
  const param = error.param === '' ? paramNamedIn(error.message, body) : error.param;
  if (param === undefined || !ADAPTABLE.includes(param) || !Object.hasOwn(body, param)) return undefined;
  const instead = /\buse ['"`]?(\w+)['"`]? instead/i.exec(error.message)?.[1];
  const renamedTo = RENAMES[param]?.find((name) => name === instead);
  if (renamedTo === undefined && !DROPPABLE.some((name) => name === param)) return undefined;
  const model = String(body.model);
  return renamedTo === undefined
    ? { model, param, value: valueText(body, param), renamedTo: null }
    : { model, param, value: null, renamedTo };
}

/** The adaptable parameter of the body that the message names. xAI writes camel case (`presencePenalty`). */
function paramNamedIn(message: string, body: Fields): string | undefined {
  const quoted = /['"`]([\w.[\]]+)['"`]/.exec(message)?.[1];
  const isNamed = (name: string) => {
    const camelCase = name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    return new RegExp(`(?<![\\w.])(${name}|${camelCase})(?![\\w.])`).test(message);
  };
  // The message is about the first name in quotes; a name behind it may only be part of the explanation.
  if (quoted !== undefined && Object.hasOwn(body, quoted) && !ADAPTABLE.includes(quoted)) return undefined;
  return ADAPTABLE.find((name) => Object.hasOwn(body, name) && isNamed(name));
}

export interface AdaptedBody {
  readonly body: Buffer;
  /** What was changed in it. */
  readonly adaptations: readonly Adaptation[];
}

/** The adaptations that the job has learnt, by path, model and how the model reasons. */
export class Adaptations {
  readonly #learnt = new Map<string, Adaptation[]>();

  /** The body as the model accepts it; unchanged when no adaptation is known for it. */
  apply(path: string, body: Buffer): AdaptedBody {
    const unchanged = { body, adaptations: [] };
    if (this.#learnt.size === 0) return unchanged;
    const fields = parseFields(body);
    const known = fields && this.#learnt.get(circumstances(path, fields));
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

  /** Learns from a refusal of `body`. @returns the new adaptation; undefined when there is nothing to learn */
  learn(path: string, body: Buffer, error: ProviderError): Adaptation | undefined {
    const fields = parseFields(body);
    const adaptation = fields && adaptationFor(error, fields);
    if (!adaptation) return undefined;
    const id = circumstances(path, fields);
    const known = this.#learnt.get(id) ?? [];
    if (!known.some(({ param, value }) => param === adaptation.param && value === adaptation.value))
      this.#learnt.set(id, [...known, adaptation]);
    return adaptation;
  }
}

function applies({ param, value }: Adaptation, fields: Fields): boolean {
  return Object.hasOwn(fields, param) && (value === null || valueText(fields, param) === value);
}

function valueText(fields: Fields, param: string): string {
  return JSON.stringify(fields[param]).slice(0, MAX_VALUE_LENGTH);
}

function adapt(fields: Fields, { param, renamedTo }: Adaptation): Fields {
  const { [param]: value, ...rest } = fields;
  return renamedTo === null || Object.hasOwn(rest, renamedTo) ? rest : { ...rest, [renamedTo]: value };
}

/** What a refusal depends on. Claude takes only its own temperature while it thinks, GPT-5.1 only while it reasons. */
function circumstances(path: string, { model, thinking, reasoning, reasoning_effort }: Fields): string {
  return JSON.stringify([path, model, thinking, reasoning, reasoning_effort]);
}
