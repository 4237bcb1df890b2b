import { describe, expect, test } from 'vitest';
import { Adaptations, adaptationFor } from '../../../../src/gateway/call/adaptable.ts';
import { parseFields } from '../../../../src/gateway/json.ts';
import { type ProviderError, readProviderError } from '../../../../src/gateway/response/provider-error.ts';

/** A refusal as it comes over the wire. */
function refusal(message: string, more: object = {}, status = 400): ProviderError {
  const error = { message, type: 'invalid_request_error', param: null, code: null, ...more };
  return readProviderError(status, Buffer.from(JSON.stringify({ error })));
}

const unsupported = (param: string, code = 'unsupported_parameter') => ({ param, code });

const MAX_TOKENS =
  "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
const TEMPERATURE =
  "Unsupported value: 'temperature' does not support 0.0 with this model. Only the default (1) value is supported.";

describe('what a 400 says to change', () => {
  const body = {
    model: 'o3',
    messages: [],
    max_tokens: 5,
    temperature: 0,
    logprobs: true,
    stream: true,
    n: 2,
  };

  test.each<[string, ProviderError, object]>([
    [
      'a new name',
      refusal(MAX_TOKENS, unsupported('max_tokens')),
      { model: 'o3', param: 'max_tokens', value: null, renamedTo: 'max_completion_tokens' },
    ],
    [
      'a value other than the default',
      refusal(TEMPERATURE, unsupported('temperature', 'unsupported_value')),
      { model: 'o3', param: 'temperature', value: '0', renamedTo: null },
    ],
    [
      'the parameter named in the message only, as older Azure does',
      refusal(MAX_TOKENS),
      { model: 'o3', param: 'max_tokens', value: null, renamedTo: 'max_completion_tokens' },
    ],
    [
      'the code alone',
      refusal('Parameter not accepted.', unsupported('temperature')),
      { model: 'o3', param: 'temperature', value: '0', renamedTo: null },
    ],
  ])('%s', (_, error, expected) => {
    expect(adaptationFor(error, body)).toEqual(expected);
  });

  test.each<[string, ProviderError]>([
    [
      'a value that is wrong, not unsupported',
      refusal("Invalid value for 'temperature': expected a number between 0 and 2.", {
        param: 'temperature',
      }),
    ],
    [
      'a request that is too long',
      refusal(
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.",
        { param: 'messages', code: 'context_length_exceeded' },
      ),
    ],
    [
      'a part of what is asked',
      refusal(
        "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
        unsupported('messages[0].role', 'unsupported_value'),
      ),
    ],
    [
      'what is asked itself',
      refusal("Unsupported parameter: 'messages' is not supported with this model.", unsupported('messages')),
    ],
    [
      'how many answers are asked for',
      refusal("Unsupported value: 'n' does not support 2 with this model.", unsupported('n')),
    ],
    [
      'streaming',
      refusal(
        "Unsupported value: 'stream' does not support true with this model. Supported values are: false.",
        unsupported('stream', 'unsupported_value'),
      ),
    ],
    [
      'a parameter that was not sent',
      refusal("Unsupported parameter: 'top_p' is not supported with this model.", unsupported('top_p')),
    ],
    [
      'a name that every object inherits',
      refusal("Unsupported parameter: 'constructor' is not supported with this model."),
    ],
    [
      'a parameter without which the question is another one',
      refusal("Unsupported parameter: 'logprobs' is not supported with this model.", unsupported('logprobs')),
    ],
    [
      'a word in the message that only explains',
      refusal("Invalid parameter: 'messages' is not supported with this model. The temperature is fixed."),
    ],
    [
      'max_tokens without a new name, which bounds the answer',
      refusal(
        "Unsupported parameter: 'max_tokens' is not supported with this model.",
        unsupported('max_tokens'),
      ),
    ],
    [
      'a new name that means something else',
      refusal("Unsupported parameter: 'max_tokens' is not supported with this model. Use 'n' instead."),
    ],
    ['a 422 with the same words', refusal(MAX_TOKENS, unsupported('max_tokens'), 422)],
    ['a 429 with the same words', refusal(MAX_TOKENS, unsupported('max_tokens'), 429)],
    [
      'Anthropic, of a missing field',
      readProviderError(
        400,
        Buffer.from(
          '{"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: Field required"}}',
        ),
      ),
    ],
    [
      'vLLM, of too many tokens',
      refusal(
        "'max_tokens' or 'max_completion_tokens' is too large: 9000. This model's maximum context length is 4096 tokens.",
        { type: 'BadRequestError', code: 400 },
      ),
    ],
  ])('nothing: %s', (_, error) => {
    expect(adaptationFor(error, body)).toBeUndefined();
  });
});

describe('what was learnt', () => {
  const path = 'openai/chat/completions';
  const bodyOf = (fields: object) => Buffer.from(JSON.stringify(fields));
  const sent = (from: Adaptations, at: string, fields: object) =>
    JSON.parse(from.apply(at, bodyOf(fields)).body.toString());

  function learnt(): Adaptations {
    const adaptations = new Adaptations();
    const body = bodyOf({ model: 'o3', max_tokens: 5, temperature: 0 });
    adaptations.learn(path, body, refusal(MAX_TOKENS, unsupported('max_tokens')));
    adaptations.learn(path, body, refusal(TEMPERATURE, unsupported('temperature', 'unsupported_value')));
    return adaptations;
  }

  test('holds for the same model and path, and for no other', () => {
    const adaptations = learnt();
    const given = { model: 'o3', max_tokens: 7, temperature: 0, top_p: 1 };
    expect(sent(adaptations, path, given)).toEqual({ model: 'o3', max_completion_tokens: 7, top_p: 1 });
    expect(sent(adaptations, path, { ...given, model: 'gpt-4' })).toEqual({ ...given, model: 'gpt-4' });
    expect(sent(adaptations, 'openai/completions', given)).toEqual(given);
  });

  test('holds for the value that was refused: another one is sent as it is', () => {
    const given = { model: 'o3', temperature: 1 };
    expect(sent(learnt(), path, given)).toEqual(given);
  });

  test('what was changed in a request is known', () => {
    const body = bodyOf({ model: 'o3', temperature: 0 });
    expect(learnt().apply(path, body).adaptations).toEqual([
      { model: 'o3', param: 'temperature', value: '0', renamedTo: null },
    ]);
  });

  test('what a request has already under the new name stays', () => {
    const given = { model: 'o3', max_tokens: 7, max_completion_tokens: 9 };
    expect(sent(learnt(), path, given)).toEqual({ model: 'o3', max_completion_tokens: 9 });
  });

  test.each([
    ['nothing is known', new Adaptations(), '{ "model": "o3",\n "max_tokens": 5 }'],
    ['it is about another model', learnt(), '{ "model": "gpt-4",\n "max_tokens": 5 }'],
    ['it is no object', learnt(), '[{"model": "o3", "max_tokens": 5}]'],
    ['it is no JSON', learnt(), '--boundary\r\nContent-Disposition: form-data; name="model"\r\n\r\no3'],
  ])('a body is left as it is, byte for byte, when %s', (_, adaptations, text) => {
    const body = Buffer.from(text);
    expect(adaptations.apply(path, body).body).toBe(body);
    expect(adaptations.apply(path, body).adaptations).toEqual([]);
  });

  test('the same twice, by requests that were on their way together, counts once', () => {
    const adaptations = new Adaptations();
    const body = bodyOf({ model: 'o3', max_tokens: 5 });
    const error = refusal(MAX_TOKENS, unsupported('max_tokens'));
    const first = adaptations.learn(path, body, error);
    expect(first).toEqual({
      model: 'o3',
      param: 'max_tokens',
      value: null,
      renamedTo: 'max_completion_tokens',
    });
    expect(adaptations.learn(path, body, error)).toEqual(first);
    expect(sent(adaptations, path, { model: 'o3', max_tokens: 5 })).toEqual({
      model: 'o3',
      max_completion_tokens: 5,
    });
  });

  test('what was sent without the parameter teaches nothing: it did not help', () => {
    const body = bodyOf({ model: 'o3', max_completion_tokens: 5 });
    expect(learnt().learn(path, body, refusal(MAX_TOKENS, unsupported('max_tokens')))).toBeUndefined();
    expect(new Adaptations().learn(path, Buffer.from('no JSON'), refusal(MAX_TOKENS))).toBeUndefined();
  });
});

test.each([
  ['{"a": 1}', { a: 1 }],
  ['[1]', undefined],
  ['null', undefined],
  ['"text"', undefined],
  ['', undefined],
  ['{"a": ', undefined],
])('the fields of %j', (text, expected) => {
  expect(parseFields(Buffer.from(text))).toEqual(expected);
});
