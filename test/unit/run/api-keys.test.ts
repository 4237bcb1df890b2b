import { describe, expect, test } from 'vitest';
import { readApiKeys } from '../../../src/run/api-keys.ts';

const KEY = 'sk-proj-0123456789abcdefghij';
const OWN_SERVER = { OPENAI_BASE_URL: 'http://127.0.0.1:8000/v1' };

/** The refusal of a key, or the notices about it; empty when it is used as it is. */
function verdict(value: string, more: NodeJS.ProcessEnv = {}, name = 'OPENAI_API_KEY'): string {
  const { refusal, notices } = readApiKeys({ [name]: value, ...more });
  return refusal?.message ?? notices.join('\n');
}

describe('API keys: trimmed', () => {
  test.each([
    ['a line break', `${KEY}\n`, 'ends with a line break (U+000A)'],
    ['a line break of Windows', `${KEY}\r\n`, 'ends with a line break (U+000D)'],
    ['blanks on both sides', `  ${KEY} `, 'starts with a blank (U+0020) and ends with a blank (U+0020)'],
    ['a byte order mark', `\ufeff${KEY}`, 'starts with a byte order mark (U+FEFF)'],
    // groq/groq-python#16
    ['a zero-width space', `${KEY}\u200b`, 'ends with a zero-width space (U+200B)'],
    ['a no-break space', `${KEY}\u00a0`, 'ends with a no-break space (U+00A0)'],
    ['a NUL', `${KEY}\u0000`, 'ends with a control character (U+0000)'],
  ])('API keys: %s at the end of a key is removed, and the log says so', (_, value, where) => {
    const { env, notices, refusal, secrets } = readApiKeys({ OPENAI_API_KEY: value });
    expect(refusal).toBeUndefined();
    expect(env.OPENAI_API_KEY).toBe(KEY);
    expect(notices).toEqual([expect.stringContaining(`OPENAI_API_KEY ${where}, which was removed`)]);
    expect(notices.join()).not.toContain(KEY);
    expect(secrets).toEqual([{ value: KEY, isTrimmed: true }]);
  });

  test.each([
    'ANTHROPIC_API_KEY',
    'ANTHROPIC_AUTH_TOKEN',
    'AZURE_OPENAI_API_KEY',
    'GEMINI_API_KEY',
    'TOGETHER_API_KEY',
    'OPENAI_ORG_ID',
    'OPENAI_PROJECT_ID',
    'OWN_SERVICE_API_KEY',
  ])('API keys: %s is trimmed', (name) => {
    expect(readApiKeys({ [name]: 'value-of-it\n' }).env[name]).toBe('value-of-it');
  });

  test('API keys: a key of white space is treated as not set', () => {
    const { env, notices } = readApiKeys({ OPENAI_API_KEY: ' \n' });
    expect(env).not.toHaveProperty('OPENAI_API_KEY');
    expect(notices).toEqual(['OPENAI_API_KEY contains only white space, so it is treated as not set.']);
  });

  test('API keys: variables that are not keys are not trimmed', () => {
    const env = { PATH: '/bin ', PROMPT: 'x\n', GITHUB_TOKEN: 'a\n' };
    expect(readApiKeys(env)).toMatchObject({ env, notices: [] });
  });

  test('API keys: a key of an unknown client with several lines, such as a certificate, is not changed', () => {
    const env = { SIGNING_API_KEY: '-----BEGIN\nabc\n-----END\n' };
    expect(readApiKeys(env)).toMatchObject({ env, notices: [], refusal: undefined });
  });
});

describe('API keys: refused', () => {
  test.each([
    ['two lines', `sk-first\n${KEY}`, 'character 9 is a line break (U+000A)'],
    ['a blank', `${KEY} old`, 'character 29 is a blank (U+0020)'],
    ['a tab', 'sk-a\tb', 'character 5 is a tab (U+0009)'],
    // openai/openai-python#2409
    ['an em dash', 'sk\u2014proj-0123', 'character 3 is an em dash (U+2014)'],
    // NousResearch/hermes-agent#9946
    ['a letter that looks like another', 'sk-0\u028b12', 'character 5 is not ASCII (U+028B)'],
    ['a zero-width space inside', 'sk-0\u200b12', 'character 5 is a zero-width space (U+200B)'],
    ['a shortened display of it', 'sk-0123\u20264567', 'character 8 is an ellipsis (U+2026)'],
    ['bytes that are not UTF-8', 'sk-0\ufffd1', 'character 5 is text that is not UTF-8 (U+FFFD)'],
    ['the header', `Bearer ${KEY}`, 'it starts with the word Bearer'],
    // langchain-ai/langchain#21261
    ['the header of an empty expression', 'Bearer ', 'it is only the word Bearer'],
    ['quotes', `"${KEY}"`, 'it is in quotes'],
    ['typographic quotes', `\u201c${KEY}\u201d`, 'it is in quotes'],
    ['a line of a file', `OPENAI_API_KEY=${KEY}`, 'it starts with a name, like a line of a file'],
    ['a line of a shell', `export OPENAI_API_KEY=${KEY}`, 'it starts with a name'],
    [
      'an expression of a workflow',
      '${{ secrets.OPENAI_API_KEY }}',
      'it is an expression that was not evaluated',
    ],
    ['a variable of a shell', '$OPENAI_API_KEY', 'it is an expression that was not evaluated'],
    ['a variable of a shell in braces', '${OPENAI_API_KEY}', 'it is an expression that was not evaluated'],
    ['a placeholder', 'your-api-key-here', 'it is the placeholder of an example'],
    ['a placeholder in brackets', '<OPENAI_KEY>', 'it is the placeholder of an example'],
    ['a masked key from a log', '***', 'it is the placeholder of an example'],
  ])('API keys: a key with %s is refused, and the error says what is wrong', (_, value, why) => {
    expect(verdict(value)).toContain(`OPENAI_API_KEY cannot be used: ${why}`);
    expect(verdict(value)).not.toContain(KEY);
  });

  test('API keys: one error names every key that cannot be used', () => {
    const { refusal } = readApiKeys({ OPENAI_API_KEY: 'a\nb', ANTHROPIC_API_KEY: 'Bearer x' });
    expect(refusal?.code).toBe('API_KEY_INVALID');
    expect(refusal?.message).toMatch(/\n- OPENAI_API_KEY .*\n- ANTHROPIC_API_KEY /);
  });

  test('API keys: a key that contains "=" is accepted', () => {
    expect(verdict('aB3xZ9key=')).toBe('');
  });
});

describe('API keys: of another provider', () => {
  test.each([
    ['sk-ant-api03-x', 'Anthropic'],
    ['sk-or-v1-x', 'OpenRouter'],
    ['gsk_x', 'Groq'],
    ['AIzax', 'Google'],
    ['xai-x', 'xAI'],
    ['hf_x', 'Hugging Face'],
    ['ghp_x', 'GitHub'],
    ['github_pat_x', 'GitHub'],
  ])('API keys: %s is not sent to OpenAI', (key, owner) => {
    expect(verdict(key)).toBe(
      `OPENAI_API_KEY cannot be used: it is a key of ${owner}, but would be sent to OpenAI.`,
    );
    expect(verdict(key, OWN_SERVER)).toBe('');
  });

  test('API keys: a key of OpenAI is not sent to Anthropic', () => {
    expect(verdict('sk-proj-x', {}, 'ANTHROPIC_API_KEY')).toContain('it is a key of OpenAI');
  });

  test.each([
    ['OPENAI_API_KEY', 'sk-proj-x'],
    ['OPENAI_API_KEY', 'sk-svcacct-x'],
    ['OPENAI_API_KEY', 'sk-x'],
    ['ANTHROPIC_API_KEY', 'sk-ant-x'],
    ['OPENROUTER_API_KEY', 'sk-or-v1-x'],
    ['GROQ_API_KEY', 'gsk_x'],
  ])('API keys: %s may be %s', (name, key) => {
    expect(verdict(key, {}, name)).toBe('');
  });
});

test('API keys: an expression that was not evaluated is no secret, or the error could not propose one', () => {
  expect(readApiKeys({ OPENAI_API_KEY: '${{ secrets.OPENAI_API_KEY }}' }).secrets).toEqual([]);
});

describe('API keys: of servers that need none', () => {
  test('API keys: words for a server of your own are sent unchanged, and the log says that they contain a blank', () => {
    const { env, refusal, notices } = readApiKeys({ OPENAI_API_KEY: 'none needed here', ...OWN_SERVER });
    expect(env.OPENAI_API_KEY).toBe('none needed here');
    expect(refusal).toBeUndefined();
    expect(notices).toEqual([
      expect.stringMatching(/^OPENAI_API_KEY contains a blank\. It is sent unchanged/),
    ]);
  });

  test.each(['EMPTY', 'sk-xxxx', 'null', '***'])(
    'API keys: "%s" is accepted for a server of your own',
    (value) => {
      expect(verdict(value, OWN_SERVER)).toBe('');
    },
  );

  test.each([
    ['a line break', 'a\nb'],
    ['the header', 'Bearer x'],
    ['an expression', '${{ secrets.KEY }}'],
    ['an em dash', 'a\u2014b'],
  ])('API keys: %s is refused for a server of your own as well', (_, value) => {
    expect(verdict(value, OWN_SERVER)).toContain('OPENAI_API_KEY cannot be used');
  });

  test('API keys: a server of your own counts only for the keys of its provider', () => {
    expect(verdict('a b', OWN_SERVER, 'ANTHROPIC_API_KEY')).toContain('character 2 is a blank');
    expect(verdict('a b', { OPENAI_BASE_URL: 'https://api.openai.com/v1' })).toContain(
      'character 2 is a blank',
    );
  });
});

test('API keys: other secrets of the environment are secrets as well', () => {
  const { secrets } = readApiKeys({
    GITHUB_TOKEN: 'ghs_1',
    ACTIONS_RUNTIME_TOKEN: 'eyJ',
    DB_PASSWORD: 'p',
    TOKENS: '5',
  });
  expect(secrets.map(({ value }) => value)).toEqual(['ghs_1', 'eyJ', 'p']);
});

test('API keys: ordinary keys are used unchanged, and are secrets', () => {
  const env = { OPENAI_API_KEY: KEY, ANTHROPIC_API_KEY: 'sk-ant-api03-a_b-c', OPENAI_ORG_ID: 'org-1' };
  expect(readApiKeys(env)).toEqual({
    env,
    notices: [],
    blank: [],
    refusal: undefined,
    secrets: [
      { value: KEY, isTrimmed: false },
      { value: 'sk-ant-api03-a_b-c', isTrimmed: false },
    ],
  });
});
