import { describe, expect, test } from 'vitest';
import { ActionError } from '../../../src/errors.ts';
import { providerUrls, trimmedBaseUrls } from '../../../src/gateway/providers.ts';

describe('providerUrls uses', () => {
  test.each<[string, string | undefined, string, number]>([
    ['the URL that is set', 'https://llm.example/v1', 'https://llm.example/v1', 0],
    ['the default when the variable is not set', undefined, 'https://api.openai.com/v1', 0],
    ['the default when it is empty', '', 'https://api.openai.com/v1', 0],
    ['the default when it is blank, with a notice', ' \n', 'https://api.openai.com/v1', 1],
    [
      'a URL without the line break after it, with a notice',
      'https://llm.example/v1\r\n',
      'https://llm.example/v1',
      1,
    ],
    [
      'a URL without the white space around it, with a notice',
      '\thttps://llm.example/v1 ',
      'https://llm.example/v1',
      1,
    ],
    ['a scheme in capitals', 'HTTPS://LLM.example/V1', 'https://llm.example/V1', 0],
    ['an IPv6 address', 'http://[::1]:8000/v1', 'http://[::1]:8000/v1', 0],
    ['a regional host of OpenAI', 'https://eu.api.openai.com/v1', 'https://eu.api.openai.com/v1', 0],
    ["OpenAI's own URL with a slash", 'https://api.openai.com/v1/', 'https://api.openai.com/v1/', 0],
    ['a password with an at sign', 'https://ci:p@ss@llm.example', 'https://ci:p%40ss@llm.example/', 0],
  ])('%s', (_, given, expected, count) => {
    const notices: string[] = [];
    const env = given === undefined ? {} : { OPENAI_BASE_URL: given };
    expect(providerUrls(env, (message) => notices.push(message)).openai.href).toBe(expected);
    expect(notices).toEqual(Array(count).fill(expect.stringContaining('OPENAI_BASE_URL')));
  });
});

describe('providerUrls refuses', () => {
  test.each([
    ['a URL in quotation marks', '"https://llm.example/v1"', 'is in quotation marks'],
    [
      'an invisible character inside a URL',
      'https://llm.exam\u200bple/v1',
      'contains the invisible character .u200b',
    ],
    ['a URL in single quotation marks', "'https://llm.example/v1'", 'is in quotation marks'],
    ['a line break inside a URL', 'https://llm.exa\nmple/v1', 'contains the invisible character .u000a'],
    ['a URL without a scheme', 'llm.example/v1', 'does not begin with http:// or https://'],
    ['a host and a port without a scheme', 'localhost:8000/v1', 'does not begin with http:// or https://'],
    ['a URL with another scheme', 'ftp://llm.example', 'does not begin with http:// or https://'],
    ['a URL with one slash', 'https:/llm.example/v1', 'does not begin with http:// or https://'],
    ['a URL without a host', 'https://', 'is not a valid URL'],
    ['a URL with an invalid port', 'https://llm.example:port/v1', 'is not a valid URL'],
    ['a URL with an endpoint', 'https://llm.example/v1/chat/completions/', 'ends with /chat/completions/'],
    ["the endpoint of Anthropic's clients", 'https://llm.example/v1/messages', 'ends with /messages'],
    ['a path that the host does not have', 'https://api.anthropic.com/v1', 'whose path should be empty'],
    ['a misspelt host', 'https://api.antropic.com', 'misspells api.anthropic.com'],
    ['a host without encryption', 'http://api.anthropic.com', 'whose scheme is http://'],
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
    ['a password without a scheme', 'ci:secr-et@llm.example/v1'],
    ['a key in the query of a URL with an invalid port', 'https://llm.example:x/v1?key=secret'],
    ['a key instead of a URL', 'sk-proj-secretsecretsecret'],
  ])('%s, and does not show it', (_, given) => {
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

test('providerUrls: one error names both wrong URLs, and proposes those without the endpoint', () => {
  const env = { OPENAI_BASE_URL: 'llm.example', ANTHROPIC_BASE_URL: 'https://u:pw@llm.example/v1/messages' };
  expect(() => providerUrls(env)).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(
        /OPENAI_BASE_URL is .*\n- .*ANTHROPIC_BASE_URL is .*such as https:\/\/\*\*\*@llm\.example\/v1, or/,
      ),
    }),
  );
});

test('trimmedBaseUrls: set variables without surrounding white space, and no others', () => {
  expect(trimmedBaseUrls({ OPENAI_BASE_URL: ' https://llm.example/v1\n' })).toEqual({
    OPENAI_BASE_URL: 'https://llm.example/v1',
  });
  expect(trimmedBaseUrls({})).toEqual({});
});
