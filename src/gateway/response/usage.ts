/**
 * Reads the token usage of a response, whole or streamed, in the fields of OpenAI's chat completions and completions
 * (`prompt_tokens`), OpenAI's responses and Anthropic's messages (`input_tokens`). A missing field counts as 0.
 */
import type { TokenUsage } from '../../model/api-response.ts';
import { noTokens } from '../../model/traffic.ts';
import { isObject, parseJson } from '../json.ts';
import { eventData, isEventStream } from './event-stream.ts';

export function usageOf(type: string, body: Buffer): TokenUsage {
  if (isEventStream(type)) return usageOfEvents(body.toString('utf8'));
  if (!/[/+]json/.test(type) || body.indexOf('"usage"') < 0) return noTokens;
  return usageIn(parseJson(body.toString('utf8'))) ?? noTokens;
}

/** Whether a response is complete by its format. The transport alone may not notice that a response was cut short. */
export function isWhole(type: string, body: Buffer): boolean {
  if (isEventStream(type)) {
    // The whole text, because the last event of OpenAI's responses repeats the answer. vLLM ends failed streams with [DONE],
    // too.
    const text = body.toString('latin1');
    return (
      /^data: ?\[DONE\]|^event: ?(message_stop|response\.(completed|incomplete))\b/m.test(text) &&
      !/^event: ?(error|response\.failed)\b|^data: ?\{"(error": ?[{"]|object": ?"error")/m.test(text)
    );
  }
  // When the body ends with the connection, only its content shows whether it is complete. JSON Lines are not JSON.
  return !/[/+]json\s*(;|$)/.test(type) || parseJson(body.toString('utf8')) !== undefined;
}

/** Each field comes from the last event that has it: Anthropic sends the input first, the output at the end. */
function usageOfEvents(text: string): TokenUsage {
  let usage = noTokens;
  for (const data of eventData(text)) {
    if (!data.includes('"usage"')) continue;
    const event = parseJson(data);
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
  if (!isObject(usage)) return undefined;
  const input = field(usage, 'prompt_tokens_details') ?? field(usage, 'input_tokens_details');
  const output = field(usage, 'completion_tokens_details') ?? field(usage, 'output_tokens_details');
  // Anthropic does not include tokens read from or written to its cache in the input.
  const cacheTokens = count(usage, 'cache_read_input_tokens') + count(usage, 'cache_creation_input_tokens');
  return {
    prompt: count(usage, 'prompt_tokens') || count(usage, 'input_tokens') + cacheTokens,
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
  return isObject(value) ? value[name] : undefined;
}
