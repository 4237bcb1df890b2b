import { describe, expect, test } from 'vitest';
import { firstValue, listElements } from '../../../../src/gateway/upstream/headers.ts';

describe('headers: firstValue', () => {
  test.each<[string, string | string[] | undefined, string]>([
    ['of a header that occurs once', 'application/json', 'application/json'],
    ['of a header that occurs twice', ['application/json', 'text/html'], 'application/json'],
    ['is trimmed', ' 5 ', '5'],
    ['of an empty list is empty', [], ''],
    ['of a missing header is empty', undefined, ''],
    ['keeps commas', 'Wed, 21 Oct 2026 07:28:00 GMT', 'Wed, 21 Oct 2026 07:28:00 GMT'],
  ])('%s', (_, value, expected) => {
    expect(firstValue({ name: value }, 'name')).toBe(expected);
  });
});

describe('headers: listElements', () => {
  test.each<[string, string | string[] | undefined, string[]]>([
    ['of one line', 'gzip, br', ['gzip', 'br']],
    ['of two lines, in order', ['gzip', 'br'], ['gzip', 'br']],
    ['of two lines with several elements', ['gzip,br', 'zstd'], ['gzip', 'br', 'zstd']],
    ['leaves out empty elements', [' , gzip,,', ''], ['gzip']],
    ['of a missing header', undefined, []],
  ])('%s', (_, value, expected) => {
    expect(listElements(value)).toEqual(expected);
  });
});
