/** Reads the texts of a sample from the lines of its record file that have them. */
import { closeSync, openSync, readSync } from 'node:fs';
import { NO_TEXTS, type SampleTexts } from '../model/sample.ts';
import { shorten } from '../text.ts';
import type { LinePlace } from './event-places.ts';
import { isObject, type JsonObject, valueAt } from './json-values.ts';
import { parsePythonJson } from './python-json.ts';

/** Where the texts of a sample are. Undefined: the record does not have it. */
export interface TextPlaces {
  readonly asked: LinePlace | undefined;
  readonly answer: LinePlace | undefined;
  readonly judge: LinePlace | undefined;
  /** The match event, or a metrics event with its fields. */
  readonly result: LinePlace | undefined;
  readonly metrics: LinePlace | undefined;
  readonly error: LinePlace | undefined;
  /** The metric with what was expected, of a class whose match events do not have it. */
  readonly expectedAt: string | undefined;
}

/** Of each text, in UTF-8. Longer ones are cut in the middle. */
export const MAX_TEXT_BYTES = 4000;

/** The file that was read last. Writers read the texts of one eval after the other, and of thousands of samples. */
let last: { readonly path: string; readonly file: number } | undefined;

/** It stays open until another one is read, or the process ends. */
function openFile(path: string): number {
  if (last?.path === path) return last.file;
  if (last) closeSync(last.file);
  last = undefined;
  last = { path, file: openSync(path, 'r') };
  return last.file;
}

/** @returns `NO_TEXTS` when the file is gone or is no longer the one that was read */
export function readTexts(recordFile: string, places: TextPlaces | undefined): SampleTexts {
  if (!places) return NO_TEXTS;
  try {
    return textsOf(new EventReader(openFile(recordFile)), places);
  } catch (error) {
    // A value that is nested too deeply to be shown overflows the stack.
    if (error instanceof RangeError || isFileError(error)) return NO_TEXTS;
    throw error;
  }
}

function textsOf(events: EventReader, places: TextPlaces): SampleTexts {
  const asked = events.read(places.asked);
  const answer = events.read(places.answer);
  const judge = events.read(places.judge);
  const result = events.read(places.result);
  const error = events.read(places.error);
  const { expectedAt } = places;
  const expected = expectedAt ? valueAt(events.read(places.metrics), expectedAt) : result.expected;
  return {
    prompt: bounded(promptText(asked.prompt ?? result.prompt)),
    answer: bounded(answerText(answer.sampled ?? (places.judge ? undefined : result.sampled))),
    expected: bounded(valueText(expected)),
    picked: bounded(valueText(result.picked ?? answer.picked)),
    judge: bounded(answerText(judge.sampled)),
    error: bounded(errorText(error)),
  };
}

/** Reads lines as events, each line once. */
class EventReader {
  readonly #file: number;
  readonly #read = new Map<number, JsonObject>();

  constructor(file: number) {
    this.#file = file;
  }

  /** @returns the data of the event; empty when there is none */
  read(place: LinePlace | undefined): JsonObject {
    if (!place) return {};
    let data = this.#read.get(place.offset);
    if (!data) {
      const line = Buffer.allocUnsafe(place.bytes);
      const bytes = readSync(this.#file, line, 0, place.bytes, place.offset);
      const entry = parsePythonJson(line.toString('utf8', 0, bytes));
      data = isObject(entry) && isObject(entry.data) ? entry.data : {};
      this.#read.set(place.offset, data);
    }
    return data;
  }
}

/** Chat messages as paragraphs `role: content`. */
function promptText(prompt: unknown): string | null {
  if (!Array.isArray(prompt) || !prompt.every(isMessage)) return valueText(prompt);
  return prompt.length === 0 ? null : prompt.map(messageText).join('\n\n');
}

function isMessage(value: unknown): value is JsonObject {
  return isObject(value) && 'role' in value && 'content' in value;
}

function messageText({ role, name, content }: JsonObject): string {
  const who = typeof name === 'string' ? `${String(role)} (${name})` : String(role);
  return `${who}: ${contentText(content)}`;
}

/** The content of a message: a text, or parts such as `{"type": "text", "text": …}`. An image is shown as `[image_url]`. */
function contentText(content: unknown): string {
  if (!Array.isArray(content)) return valueText(content) ?? '';
  return content
    .map((part) => {
      if (!isObject(part)) return valueText(part) ?? '';
      return typeof part.text === 'string' ? part.text : `[${String(part.type)}]`;
    })
    .join('\n');
}

/** An answer is recorded as a text, or as a list of the answers to one request. */
function answerText(sampled: unknown): string | null {
  return Array.isArray(sampled) ? listText(sampled, '\n\n') : valueText(sampled);
}

/** Several expected or picked values are alternatives. */
function valueText(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return listText(value, ' | ');
  return JSON.stringify(value);
}

function listText(values: readonly unknown[], separator: string): string | null {
  if (values.length === 0) return null;
  return values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(separator);
}

/** evals.record.record_error has the type and the message of an exception; other fields are the eval's own. */
function errorText({ type, message, ...others }: JsonObject): string | null {
  if (typeof message === 'string') return typeof type === 'string' ? `${type}: ${message}` : message;
  return type === undefined && Object.keys(others).length === 0
    ? null
    : JSON.stringify({ type, message, ...others });
}

function bounded(text: string | null): string | null {
  return text === null ? null : shorten(text, MAX_TEXT_BYTES);
}

export function isFileError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && 'syscall' in error;
}
