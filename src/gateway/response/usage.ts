/**
 * Reads the token usage out of an answer, whole or streamed, in the words of OpenAI's chat completions and completions
 * (`prompt_tokens`), OpenAI's responses and Anthropic's messages (`input_tokens`). What is not there counts as 0.
 */
import type { TokenUsage } from '../../model/api-response.ts';
import { noTokens } from '../../model/traffic.ts';
import { eventData, isEventStream } from './event-stream.ts';

export function usageOf(type: string, body: Buffer): TokenUsage {
  if (isEventStream(type)) return usageOfEvents(body.toString('utf8'));
  if (!/[/+]json/.test(type) || body.indexOf('"usage"') < 0) return noTokens;
  return usageIn(parse(body.toString('utf8'))) ?? noTokens;
}

/** Whether an answer came to the end that its format has, and was not cut short where the transport cannot tell. */
export function isWhole(type: string, body: Buffer): boolean {
  if (isEventStream(type)) {
    // All of it: the last event of OpenAI's responses repeats the whole answer. vLLM ends with [DONE] also what failed.
    const text = body.toString('latin1');
    return (
      /^data: ?\[DONE\]|^event: ?(message_stop|response\.(completed|incomplete))\b/m.test(text) &&
      !/^event: ?(error|response\.failed)\b|^data: ?\{"(error": ?[{"]|object": ?"error")/m.test(text)
    );
  }
  // Where the end of the connection is the end of the body, only the body itself can tell. JSON Lines are not JSON.
  return !/[/+]json\s*(;|$)/.test(type) || parse(body.toString('utf8')) !== undefined;
}

/** A later event supersedes an earlier one field by field: Anthropic sends the input first, the output at the end. */
function usageOfEvents(text: string): TokenUsage {
  let usage = noTokens;
  for (const data of eventData(text)) {
    if (!data.includes('"usage"')) continue;
    const event = parse(data);
    const found = usageIn(event) ?? usageIn(field(event, 'message')) ?? usageIn(field(event, 'response'));
    if (!found) continue;
    usage = {
      prompt: found.prompt || usage.prompt,
      completion: found.completion || usage.completion,
      cached: found.cached || usage.cached,
      reasoning: found.reasoning || usage.reasoning,
    };
  }
  return usage;
}

function usageIn(value: unknown): TokenUsage | undefined {
  const usage = field(value, 'usage');
  if (typeof usage !== 'object' || usage === null) return undefined;
  const input = field(usage, 'prompt_tokens_details') ?? field(usage, 'input_tokens_details');
  const output = field(usage, 'completion_tokens_details') ?? field(usage, 'output_tokens_details');
  // Anthropic counts what it reads from its cache, or writes to it, beside the input.
  const beside = count(usage, 'cache_read_input_tokens') + count(usage, 'cache_creation_input_tokens');
  return {
    prompt: count(usage, 'prompt_tokens') || count(usage, 'input_tokens') + beside,
    completion: count(usage, 'completion_tokens') || count(usage, 'output_tokens'),
    cached: count(input, 'cached_tokens') || count(usage, 'cache_read_input_tokens'),
    reasoning: count(output, 'reasoning_tokens'),
  };
}

function count(value: unknown, name: string): number {
  const number = field(value, name);
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : 0;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
}
