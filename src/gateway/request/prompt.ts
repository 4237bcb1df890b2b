import { parseFields } from '../json.ts';

/**
 * The prompt in the body of a request, as evals records it: messages, or a text.
 * @returns undefined when it has none
 */
export function promptIn(body: Buffer): unknown {
  const { messages, prompt, input } = parseFields(body) ?? {};
  return messages ?? prompt ?? input;
}
