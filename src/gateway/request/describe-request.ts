import { oneLine } from '../../text.ts';
import { type Fields, isObject, parseFields } from '../json.ts';

const MAX_EXCERPT_LENGTH = 80;
const MAX_MODEL_BYTES = 200;

/** ` (model gpt-x, sample "… the end of its prompt")`, to help a person find the sample; empty when the body has neither. */
export function describeRequest(body: Buffer): string {
  const fields = parseFields(body) ?? {};
  const model = typeof fields.model === 'string' ? [`model ${oneLine(fields.model, MAX_MODEL_BYTES)}`] : [];
  const text = oneLine(promptOf(fields));
  const excerpt = text.length > MAX_EXCERPT_LENGTH ? `…${text.slice(-MAX_EXCERPT_LENGTH)}` : text;
  const parts = [...model, ...(excerpt === '' ? [] : [`sample ${JSON.stringify(excerpt)}`])];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

/** The text of the last message, or the prompt. */
function promptOf({ messages, input, prompt }: Fields): string {
  return textOf(messages) || textOf(input) || textOf(prompt);
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return textOf(value.findLast((each) => textOf(each) !== ''));
  if (!isObject(value)) return '';
  const { content, text } = value;
  return textOf(content) || (typeof text === 'string' ? text : '');
}
