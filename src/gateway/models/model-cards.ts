/**
 * Reads the list of models that an API returns (`GET /models`), with the dates at which models shut down. OpenAI has
 * `shutdown_date`, OpenRouter `expiration_date`, Mistral `deprecation` and the model that replaces it, Azure
 * `deprecation.inference` in seconds. Anthropic's and Gemini's lists have no such field.
 */
import { type Fields, isObject, listOf, parseJson } from '../json.ts';

export interface ModelCard {
  readonly id: string;
  /** The day on which the model shuts down, `2026-12-11`; undefined when none is announced. */
  readonly shutdownDay: string | undefined;
  /** The model that the API recommends instead. */
  readonly replacement: string | undefined;
}

const MAX_CARDS = 5000;
const MAX_ID_LENGTH = 200;

export function modelCards(body: Buffer): ModelCard[] {
  const value = parseJson(body.toString('utf8'));
  const cards = isObject(value) ? (Array.isArray(value.data) ? value.data : value.models) : value;
  return listOf(cards)
    .slice(0, MAX_CARDS)
    .filter(isObject)
    .flatMap((card) => {
      const id = nameIn(card.id) ?? nameIn(card.name);
      if (id === undefined) return [];
      return [
        { id, shutdownDay: shutdownDayIn(card), replacement: nameIn(card.deprecation_replacement_model) },
      ];
    });
}

function shutdownDayIn({ shutdown_date, expiration_date, deprecation }: Fields): string | undefined {
  const inference = isObject(deprecation) ? deprecation.inference : deprecation;
  return [shutdown_date, expiration_date, inference].map(dayOf).find((day) => day !== undefined);
}

/** `2026-12-11`, from a date, a time with a date, or seconds since the epoch. */
export function dayOf(value: unknown): string | undefined {
  const time =
    typeof value === 'number' ? value * 1000 : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  const date = new Date(time);
  return time > 0 && !Number.isNaN(date.getTime()) ? date.toISOString().slice(0, 10) : undefined;
}

function nameIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= MAX_ID_LENGTH ? value : undefined;
}
