import { describe, expect, test } from 'vitest';
import { Adaptations, adaptationFor } from '../../../../src/gateway/call/adaptable.ts';
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

describe('adaptationFor', () => {
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
      'a parameter under its new name',
      refusal(MAX_TOKENS, unsupported('max_tokens')),
      { model: 'o3', param: 'max_tokens', value: null, renamedTo: 'max_completion_tokens' },
    ],
    [
      'a value that is not the default',
      refusal(TEMPERATURE, unsupported('temperature', 'unsupported_value')),
      { model: 'o3', param: 'temperature', value: '0', renamedTo: null },
    ],
    [
      'a parameter that only the message names, as in older Azure',
      refusal(MAX_TOKENS),
      { model: 'o3', param: 'max_tokens', value: null, renamedTo: 'max_completion_tokens' },
    ],
    [
      'a parameter that only param and code name',
      refusal('Parameter not accepted.', unsupported('temperature')),
      { model: 'o3', param: 'temperature', value: '0', renamedTo: null },
    ],
  ])('adapts %s', (_, error, expected) => {
    expect(adaptationFor(error, body)).toEqual(expected);
  });

  test.each<[string, ProviderError]>([
    [
      'an invalid value',
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
      'a part of the prompt',
      refusal(
        "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
        unsupported('messages[0].role', 'unsupported_value'),
      ),
    ],
    [
      'the prompt',
      refusal("Unsupported parameter: 'messages' is not supported with this model.", unsupported('messages')),
    ],
    [
      'the number of answers',
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
      'a parameter named like an inherited property',
      refusal("Unsupported parameter: 'constructor' is not supported with this model."),
    ],
    [
      'a parameter that changes what is asked of the model',
      refusal("Unsupported parameter: 'logprobs' is not supported with this model.", unsupported('logprobs')),
    ],
    [
      'a parameter that only the explanation names',
      refusal("Invalid parameter: 'messages' is not supported with this model. The temperature is fixed."),
    ],
    [
      'max_tokens, which limits the answer, without a new name',
      refusal(
        "Unsupported parameter: 'max_tokens' is not supported with this model.",
        unsupported('max_tokens'),
      ),
    ],
    [
      'a parameter whose new name has another meaning',
      refusal("Unsupported parameter: 'max_tokens' is not supported with this model. Use 'n' instead."),
    ],
    ['on a 422 with the same message', refusal(MAX_TOKENS, unsupported('max_tokens'), 422)],
    ['on a 429 with the same message', refusal(MAX_TOKENS, unsupported('max_tokens'), 429)],
    [
      'a missing field (Anthropic)',
      readProviderError(
        400,
        Buffer.from(
          '{"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: Field required"}}',
        ),
      ),
    ],
    [
      'too many tokens (vLLM)',
      refusal(
        "'max_tokens' or 'max_completion_tokens' is too large: 9000. This model's maximum context length is 4096 tokens.",
        { type: 'BadRequestError', code: 400 },
      ),
    ],
  ])('does not adapt %s', (_, error) => {
    expect(adaptationFor(error, body)).toBeUndefined();
  });
});

/** Errors of models that take only their own temperature, each as its server words it. */
const OWN_TEMPERATURE: [server: string, message: string, more?: object][] = [
  ['OpenAI: GPT-5', TEMPERATURE, unsupported('temperature', 'unsupported_value')],
  [
    'OpenAI: o-series',
    "Unsupported parameter: 'temperature' is not supported with this model.",
    unsupported('temperature'),
  ],
  [
    'OpenAI: o1-preview',
    'this model has beta-limitations, temperature, top_p and n are fixed at 1, while presence_penalty and frequency_penalty are fixed at 0',
    { code: 'unsupported_value' },
  ],
  [
    'Azure, without a parameter',
    "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.",
  ],
  [
    'LiteLLM in front of GPT-5',
    "litellm.UnsupportedParamsError: gpt-5 models (including gpt-5-codex) don't support temperature=0.0. Only temperature=1 is supported. For gpt-5.1, temperature is supported when reasoning_effort='none' (or not specified, as it defaults to 'none'). To drop unsupported params set `litellm.drop_params = True`",
    { type: 'None', param: 'None', code: '400' },
  ],
  ['Bedrock', "This model doesn't support the temperature field. Remove temperature and try again."],
  ['Anthropic: current models', '`temperature` is deprecated for this model.'],
  [
    'Anthropic: extended thinking',
    '`temperature` may only be set to 1 when thinking is enabled or in adaptive mode. Please consult our documentation.',
  ],
  ['a proxy of Anthropic', 'temperature is not supported when thinking is enabled'],
  ['Moonshot', 'invalid temperature: only 1 is allowed for this model'],
  ['Moonshot, without thinking', 'invalid temperature: only 0.6 is allowed for this model'],
];

test.each(OWN_TEMPERATURE)(
  'adaptationFor: leaves out the temperature for %s',
  (...[, message, more = {}]) => {
    const body = { model: 'm', messages: [{ role: 'user', content: 'x' }], temperature: 0, max_tokens: 9 };
    expect(adaptationFor(refusal(message, more), body)).toEqual({
      model: 'm',
      param: 'temperature',
      value: '0',
      renamedTo: null,
    });
  },
);

describe('Adaptations', () => {
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

  test('apply to the same model and path, and to no other', () => {
    const adaptations = learnt();
    const given = { model: 'o3', max_tokens: 7, temperature: 0, top_p: 1 };
    expect(sent(adaptations, path, given)).toEqual({ model: 'o3', max_completion_tokens: 7, top_p: 1 });
    expect(sent(adaptations, path, { ...given, model: 'gpt-4' })).toEqual({ ...given, model: 'gpt-4' });
    expect(sent(adaptations, 'openai/completions', given)).toEqual(given);
  });

  test.each([
    ['thinking', { type: 'enabled', budget_tokens: 1024 }],
    ['reasoning_effort', 'high'],
    ['reasoning', { effort: 'high' }],
  ])('learnt with one %s do not apply to requests with another', (name, value) => {
    const adaptations = new Adaptations();
    const reasoning = { model: 'm', temperature: 0, [name]: value };
    adaptations.learn(
      path,
      bodyOf(reasoning),
      refusal('`temperature` may only be set to 1 when thinking is enabled'),
    );
    expect(sent(adaptations, path, reasoning)).toEqual({ model: 'm', [name]: value });
    expect(sent(adaptations, path, { model: 'm', temperature: 0 })).toEqual({ model: 'm', temperature: 0 });
  });

  test('leave other values than the refused one unchanged', () => {
    const given = { model: 'o3', temperature: 1 };
    expect(sent(learnt(), path, given)).toEqual(given);
  });

  test('report what was changed in a request', () => {
    const body = bodyOf({ model: 'o3', temperature: 0 });
    expect(learnt().apply(path, body).adaptations).toEqual([
      { model: 'o3', param: 'temperature', value: '0', renamedTo: null },
    ]);
  });

  test('keep a value that the request already has under the new name', () => {
    const given = { model: 'o3', max_tokens: 7, max_completion_tokens: 9 };
    expect(sent(learnt(), path, given)).toEqual({ model: 'o3', max_completion_tokens: 9 });
  });

  test.each([
    ['none is learnt', new Adaptations(), '{ "model": "o3",\n "max_tokens": 5 }'],
    ['they concern another model', learnt(), '{ "model": "gpt-4",\n "max_tokens": 5 }'],
    ['it is not an object', learnt(), '[{"model": "o3", "max_tokens": 5}]'],
    ['it is not JSON', learnt(), '--boundary\r\nContent-Disposition: form-data; name="model"\r\n\r\no3'],
  ])('leave a body unchanged, byte for byte, when %s', (_, adaptations, text) => {
    const body = Buffer.from(text);
    expect(adaptations.apply(path, body).body).toBe(body);
    expect(adaptations.apply(path, body).adaptations).toEqual([]);
  });

  test('are learnt once from two requests that were in flight together', () => {
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

  test('are not learnt from a request without the refused parameter', () => {
    const body = bodyOf({ model: 'o3', max_completion_tokens: 5 });
    expect(learnt().learn(path, body, refusal(MAX_TOKENS, unsupported('max_tokens')))).toBeUndefined();
    expect(new Adaptations().learn(path, Buffer.from('no JSON'), refusal(MAX_TOKENS))).toBeUndefined();
  });
});
