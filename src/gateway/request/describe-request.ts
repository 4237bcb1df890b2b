import { oneLine } from '../../text.ts';
import { parseFields } from '../call/adaptable.ts';

const LONGEST_EXCERPT = 80;

/** ` (model gpt-x, sample "… the end of its prompt")`, so that a person finds what was asked; empty when it tells neither. */
export function describeRequest(body: Buffer): string {
  const fields = parseFields(body) ?? {};
  const model = typeof fields.model === 'string' ? [`model ${oneLine(fields.model, 200)}`] : [];
  const text = oneLine(promptOf(fields));
  const excerpt = text.length > LONGEST_EXCERPT ? `…${text.slice(-LONGEST_EXCERPT)}` : text;
  const parts = [...model, ...(excerpt === '' ? [] : [`sample ${JSON.stringify(excerpt)}`])];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

/** The text of the last message, or the prompt. */
function promptOf({ messages, input, prompt }: Readonly<Record<string, unknown>>): string {
  return textOf(messages) || textOf(input) || textOf(prompt);
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return textOf(value.findLast((each) => textOf(each) !== ''));
  if (typeof value !== 'object' || value === null) return '';
  const { content, text } = value as Record<string, unknown>;
  return textOf(content) || (typeof text === 'string' ? text : '');
}
