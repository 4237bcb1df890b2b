import { describe, expect, test } from 'vitest';
import { readProviderError, secretsIn } from '../../../../src/gateway/response/provider-error.ts';

describe('provider error: keys', () => {
  test.each<[string, Record<string, string | string[]>, string[]]>([
    ['of OpenAI', { authorization: 'Bearer sk-1234' }, ['sk-1234']],
    ['of basic authorization', { authorization: 'basic dXNlcjpwYXNz' }, ['dXNlcjpwYXNz']],
    ['without a scheme', { authorization: 'sk-1234' }, ['sk-1234']],
    ['of Anthropic', { 'x-api-key': 'sk-ant-1234' }, ['sk-ant-1234']],
    ['of Azure', { 'api-key': '0123456789abcdef' }, ['0123456789abcdef']],
    [
      'in several headers',
      { authorization: 'Bearer sk-1234', 'api-key': ['abcd', 'efgh'] },
      ['sk-1234', 'abcd', 'efgh'],
    ],
    ['in no header', { 'content-type': 'application/json' }, []],
    ['that are too short to hide', { authorization: 'Bearer x' }, []],
  ])('%s are found', (_, headers, keys) => {
    expect(secretsIn(headers)).toEqual(keys);
  });

  test.each([
    ['in the message', '{"error": {"message": "Wrong key: sk-1234, sk-1234"}}', 'Wrong key: ***, ***'],
    ['in another field', '{"error": {"message": "no", "type": "sk-1234"}}', 'no'],
    ['when the error is a text', '{"error": "Wrong key: sk-1234"}', 'Wrong key: ***'],
    ['in a body that is not JSON', 'Wrong key: sk-1234', 'Wrong key: ***'],
  ])('are hidden %s', (_, body, message) => {
    const error = readProviderError(401, Buffer.from(body), ['sk-1234']);
    expect(error.message).toBe(message);
    expect(JSON.stringify(error)).not.toContain('sk-1234');
  });
});
