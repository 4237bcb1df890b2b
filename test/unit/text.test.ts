import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  hasNoControls,
  isPrintable,
  isSingleLine,
  oneLine,
  printable,
  Redactor,
  shorten,
} from '../../src/text.ts';

describe('printable', () => {
  test.each([
    ['a bidirectional override', 'safe\u202efdp.exe', 'safe\\u202efdp.exe'],
    ['an isolate', '\u2066a\u2069', '\\u2066a\\u2069'],
    ['a right-to-left mark', 'a\u200fb', 'a\\u200fb'],
    ['a zero-width space', 'gpt\u200b-4', 'gpt\\u200b-4'],
    ['a byte order mark', '\ufeffa', '\\ufeffa'],
    ['a soft hyphen', 'a\u00adb', 'a\\u00adb'],
    ['a tag character', 'a\u{e0041}b', 'a\\u{e0041}b'],
    ['a line separator', 'a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
    ['half a surrogate pair', 'a\ud800b', 'a\\ud800b'],
    ['a C1 control', 'a\u0085b', 'a\\u0085b'],
    ['a bell', 'a\u0007', 'a\\u0007'],
    ['an escape that begins nothing', 'a\u001b', 'a\\u001b'],
    ['a carriage return inside a line', 'a\rb', 'a\\u000db'],
  ])('printable: %s is shown as its code', (_, text, shown) => {
    expect(printable(text)).toBe(shown);
    expect(isPrintable(text)).toBe(false);
    expect(isPrintable(shown)).toBe(true);
  });

  test.each([
    ['colours', '\u001b[1;31mred\u001b[0m'],
    ['colours in C1', '\u009b31mred'],
    ['a link', '\u001b]8;;https://example.com\u0007red\u001b]8;;\u0007'],
    ['a cursor', '\u001b[2K\u001b[1Gred'],
  ])('printable: %s of a terminal are removed from their text', (_, text) => {
    expect(printable(text)).toBe('red');
  });

  test.each(['Two lines:\n\ta b — ü 😀 日本語 ﷺ', ''])('printable: "%s" is unchanged', (text) => {
    expect(printable(text)).toBe(text);
  });

  test('printable: the line breaks of Windows become line breaks', () => {
    expect(printable('a\r\nb\r\n')).toBe('a\nb\n');
  });
});

test.each([
  ['visible text', 'a ü 😀', [true, true, true]],
  ['a byte order mark', '\ufeffa', [true, true, false]],
  ['a line separator', 'a\u2028b', [true, false, false]],
  ['a paragraph separator', 'a\u2029b', [true, false, false]],
  ['a newline', 'a\nb', [false, false, false]],
  ['an escape', 'a\u001bb', [false, false, false]],
  ['a C1 control', 'a\u0085b', [false, false, false]],
])('hasNoControls, isSingleLine, isPrintable: of %s', (_, text, expected) => {
  expect([hasNoControls(text), isSingleLine(text), isPrintable(text)]).toEqual(expected);
});

describe('oneLine', () => {
  test('oneLine: white space of any kind becomes one blank', () => {
    expect(oneLine(' a\r\n\tb\u2028c \u001b[31m d ')).toBe('a b c d');
    expect(oneLine('a\u202eb')).toBe('a\\u202eb');
  });

  test('oneLine: a line is shortened to a number of bytes', () => {
    expect(Buffer.byteLength(oneLine('ü'.repeat(5000), 300))).toBeLessThanOrEqual(300);
  });
});

describe('shorten', () => {
  test.each(['x', 'ü', '日', '😀'])(
    'shorten: the middle of a text of "%s" is cut, between whole characters',
    (character) => {
      const shown = shorten(`begin${character.repeat(2000)}end`, 500);
      expect(Buffer.byteLength(shown)).toBeLessThanOrEqual(500);
      expect(Buffer.byteLength(shown)).toBeGreaterThan(480);
      expect(shown).toMatch(/^begin.* … \(shortened, [\d,]+ bytes\) … .*end$/u);
      expect(shown).not.toContain('\ufffd');
    },
  );

  test.each([500, 501])('shorten: a text of 500 bytes is not shortened to %i bytes', (bytes) => {
    const text = 'ü'.repeat(250);
    expect(shorten(text, bytes)).toBe(text);
  });
});

describe('Redactor', () => {
  const token = randomBytes(24).toString('hex');
  const redactor = new Redactor();
  redactor.hide(token);

  test.each([
    [
      'a line of httpx',
      `HTTP Request: POST http://127.0.0.1:4711/${token}/openai/chat/completions "HTTP/1.1 200 OK"`,
    ],
    ['an exception', `Client error '404' for url 'http://127.0.0.1:4711/${token}/openai/x'`],
    ['JSON in JSON', JSON.stringify(JSON.stringify({ url: `http://127.0.0.1/${token}/openai` }))],
    ['a query', `u=http%3A%2F%2F127.0.0.1%2F${token}%2Fopenai`],
    ['a line that was cut in the middle', `${token.slice(11)}/openai/x`],
    ['the first half of a line that was broken', `POST http://127.0.0.1:4711/${token.slice(0, 30)}`],
    ['its second half', `${token.slice(30)}/openai  client.py:1025`],
    ['two of them', `${token} ${token}`],
  ])('Redactor: a token in %s is hidden', (_, text) => {
    const shown = redactor.redact(text);
    expect(shown).toContain('***');
    expect([...text.matchAll(/[0-9a-f]{16,}/g)].length).toBeGreaterThan(0);
    expect(shown).not.toMatch(/[0-9a-f]{16,}/);
  });

  test('Redactor: text around a token stays', () => {
    expect(redactor.redact(`http://127.0.0.1:4711/${token}/openai?a=${token}#b`)).toBe(
      'http://127.0.0.1:4711/***/openai?a=***#b',
    );
    expect(redactor.redact('no secret at all')).toBe('no secret at all');
  });

  test('Redactor: a key is hidden, even with escaped characters', () => {
    const keys = new Redactor();
    keys.hide('abc/def+ghi"jkl==');
    expect(keys.redact('a abc/def+ghi"jkl== b')).toBe('a *** b');
    expect(keys.redact('a=abc%2Fdef%2Bghi%22jkl%3D%3D')).toBe('a=***');
    expect(keys.redact('"abc/def+ghi\\"jkl=="')).toBe('"***"');
  });

  test('Redactor: a short value is not hidden, because it may be a word', () => {
    const words = new Redactor();
    expect(['EMPTY', 'ollama', 'lm-studio'].map((word) => words.hide(word))).toEqual([false, false, false]);
    expect(words.redact('EMPTY ollama')).toBe('EMPTY ollama');
  });
});

test('Redactor: hides every part of a long secret, wherever it is in a text', () => {
  const secret = 'sk-proj-0a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T';
  const redactor = new Redactor();
  redactor.hide(secret);
  const start = fc.integer({ min: 0, max: secret.length - 16 });
  const padding = fc.string({ maxLength: 40 }).filter((text) => !text.includes('*'));
  fc.assert(
    fc.property(padding, start, padding, (before, at, after) => {
      const part = secret.slice(at, at + 16);
      const shown = redactor.redact(`${before}${part}${after}`);
      expect(shown).not.toContain(part);
      expect(shown).toContain('***');
    }),
  );
});
