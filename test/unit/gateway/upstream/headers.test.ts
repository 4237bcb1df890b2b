import { describe, expect, test } from 'vitest';
import { firstValue, listElements } from '../../../../src/gateway/upstream/headers.ts';

describe('headers: the first value', () => {
  test.each<[string, string | string[] | undefined, string]>([
    ['of a header that came once', 'application/json', 'application/json'],
    ['of one that came twice', ['application/json', 'text/html'], 'application/json'],
    ['with blanks around it', ' 5 ', '5'],
    ['of an empty list', [], ''],
    ['of a header that did not come', undefined, ''],
    ['of one with a comma in it, whole', 'Wed, 21 Oct 2026 07:28:00 GMT', 'Wed, 21 Oct 2026 07:28:00 GMT'],
  ])('%s', (_, value, expected) => {
    expect(firstValue({ name: value }, 'name')).toBe(expected);
  });
});

describe('headers: a list', () => {
  test.each<[string, string | string[] | undefined, string[]]>([
    ['in one header', 'gzip, br', ['gzip', 'br']],
    ['in two headers, in their order', ['gzip', 'br'], ['gzip', 'br']],
    ['in both', ['gzip,br', 'zstd'], ['gzip', 'br', 'zstd']],
    ['with empty elements', [' , gzip,,', ''], ['gzip']],
    ['that did not come', undefined, []],
  ])('%s', (_, value, expected) => {
    expect(listElements(value)).toEqual(expected);
  });
});
