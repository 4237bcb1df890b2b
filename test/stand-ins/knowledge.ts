/** The knowledge of the stand-in for the model API: correct answers from the data of a registry. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { field, firstText, parseJson, textOf } from './json-fields.ts';

/** Correct answers, by the text of the prompt. */
export type Knowledge = ReadonlyMap<string, string>;

/**
 * Reads correct answers from registry data: `.jsonl` files of samples with `input` (a string or messages) and `ideal` (a
 * string, or several, of which it takes the first). Directories are read recursively. Lines that are not such samples, such
 * as git-LFS pointers, are ignored.
 */
export async function knowledgeFrom(...paths: string[]): Promise<Knowledge> {
  const knowledge = new Map<string, string>();
  for (const path of paths) {
    for (const file of await samplesFiles(path)) {
      for (const line of (await readFile(file, 'utf8')).split('\n')) {
        const sample = parseJson(line);
        const answer = firstText(field(sample, 'ideal'));
        if (answer === undefined) continue;
        for (const key of promptKeys(field(sample, 'input'))) knowledge.set(key, answer);
      }
    }
  }
  return knowledge;
}

/**
 * The texts by which a prompt is looked up. For messages these are their contents, and the text that evals makes of them for
 * completion models (`chat_prompt_to_text_prompt` in evals/prompt/base.py).
 */
export function promptKeys(input: unknown): string[] {
  if (typeof input === 'string') return [input];
  if (!Array.isArray(input)) return [];
  const contents = input.map(messageText).join('\n');
  if (input.length < 2) return [contents];
  const lines = input.map((message) => {
    const who = textOf(field(message, 'name')) ?? textOf(field(message, 'role')) ?? '';
    const prefixes: Record<string, string> = {
      system: '',
      example_user: 'User: ',
      example_assistant: 'Assistant: ',
    };
    const prefix = prefixes[who] ?? `${who.charAt(0).toUpperCase()}${who.slice(1)}: `;
    return `${prefix}${messageText(message)}\n`;
  });
  return [contents, `${lines.join('')}Assistant:`.trimStart()];
}

export function messageText(message: unknown): string {
  const content = field(message, 'content');
  if (typeof content === 'string') return content;
  if (Array.isArray(content)) return content.map((part) => textOf(field(part, 'text')) ?? '').join('');
  return '';
}

async function samplesFiles(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true });
  return entries
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => join(path, name))
    .sort();
}
