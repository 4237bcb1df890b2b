import { expect, test } from 'vitest';
import { parseFields, parseJson } from '../../../src/gateway/json.ts';

test.each([
  ['{"a": 1}', { a: 1 }],
  ['\n\t {"a": 1}\n', { a: 1 }],
  ['--boundary\r\n{"a": 1}', undefined],
  ['[1]', undefined],
  ['null', undefined],
  ['"text"', undefined],
  ['', undefined],
  ['{"a": ', undefined],
])('parseFields: the fields of %j', (text, expected) => {
  expect(parseFields(Buffer.from(text))).toEqual(expected);
});

test.each([
  ['{"a": 1}', { a: 1 }],
  ['\ufeff[1]', [1]],
  ['null', null],
  ['{"a": NaN}', undefined],
  ['', undefined],
])('parseJson: the value of %j', (text, expected) => {
  expect(parseJson(text)).toEqual(expected);
});
