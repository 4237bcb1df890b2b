import { describe, expect, test } from 'vitest';
import { ActionError } from '../../../src/errors.ts';
import { providerUrls, trimmedBaseUrls } from '../../../src/gateway/providers.ts';

describe('base URL: taken is', () => {
  test.each<[string, string | undefined, string, number]>([
    ['what is set', 'https://llm.example/v1', 'https://llm.example/v1', 0],
    ['the default when nothing is set', undefined, 'https://api.openai.com/v1', 0],
    ['the default when it is empty', '', 'https://api.openai.com/v1', 0],
    ['the default when it is blank, with a notice', ' \n', 'https://api.openai.com/v1', 1],
    ['what a line break ends, with a notice', 'https://llm.example/v1\r\n', 'https://llm.example/v1', 1],
    ['what blanks surround, with a notice', '\thttps://llm.example/v1 ', 'https://llm.example/v1', 1],
    ['a scheme in capitals', 'HTTPS://LLM.example/V1', 'https://llm.example/V1', 0],
    ['an IPv6 address', 'http://[::1]:8000/v1', 'http://[::1]:8000/v1', 0],
    ['a password with an at sign', 'https://ci:p@ss@llm.example', 'https://ci:p%40ss@llm.example/', 0],
  ])('%s', (_, given, expected, count) => {
    const notices: string[] = [];
    const env = given === undefined ? {} : { OPENAI_BASE_URL: given };
    expect(providerUrls(env, (message) => notices.push(message)).openai.href).toBe(expected);
    expect(notices).toEqual(Array(count).fill(expect.stringContaining('OPENAI_BASE_URL')));
  });
});

describe('base URL: refused is', () => {
  test.each([
    ['one in quotation marks', '"https://llm.example/v1"', 'is in quotation marks'],
    ['one in single quotation marks', "'https://llm.example/v1'", 'is in quotation marks'],
    ['a line break inside', 'https://llm.exa\nmple/v1', 'contains the invisible character .u000a'],
    ['no scheme', 'llm.example/v1', 'does not begin with http:// or https://'],
    ['no scheme, and a port', 'localhost:8000/v1', 'does not begin with http:// or https://'],
    ['another scheme', 'ftp://llm.example', 'does not begin with http:// or https://'],
    ['one slash too few', 'https:/llm.example/v1', 'does not begin with http:// or https://'],
    ['no host', 'https://', 'is not a valid URL'],
    ['a port that is none', 'https://llm.example:port/v1', 'is not a valid URL'],
  ])('%s', (_, given, why) => {
    expect(() => providerUrls({ ANTHROPIC_BASE_URL: given })).toThrow(
      expect.objectContaining({
        code: 'INPUT_INVALID',
        message: expect.stringMatching(
          new RegExp(`^The environment variable ANTHROPIC_BASE_URL is .*${why}`, 's'),
        ),
      }),
    );
  });

  test.each([
    ['a password with a slash', 'https://ci:secr/et@llm.example/v1'],
    ['a password with a number sign', 'https://ci:secr#et@llm.example/v1'],
    ['a password, and no scheme', 'ci:secr-et@llm.example/v1'],
    ['a key in the query, and a port that is none', 'https://llm.example:x/v1?key=secret'],
    ['a key instead of a URL', 'sk-proj-secretsecretsecret'],
  ])('%s, of which the message shows nothing', (_, given) => {
    const error = (() => {
      try {
        return providerUrls({ OPENAI_BASE_URL: given });
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(ActionError);
    expect((error as ActionError).message).toContain('***');
    expect((error as ActionError).message).not.toMatch(/secr|et@|ci:/);
  });
});

test('base URL: the environment of evals has it without what surrounds it, and no variable that was not set', () => {
  expect(trimmedBaseUrls({ OPENAI_BASE_URL: ' https://llm.example/v1\n' })).toEqual({
    OPENAI_BASE_URL: 'https://llm.example/v1',
  });
  expect(trimmedBaseUrls({})).toEqual({});
});
