import { expect, test } from 'vitest';
import { isNewer, parseVersion, versionOfTag } from '../../../../scripts/release/version.ts';

test('release version: its tags are those that users write', () => {
  expect(parseVersion('12.0.3')).toMatchObject({ tag: 'v12.0.3', majorTag: 'v12' });
});

test.each(['', '1', '1.2', 'v1.2.3', '1.2.3.4', '01.2.3', '1.2.3-rc.1', '1.2.3\n', ' 1.2.3'])(
  'release version: %j is not one',
  (text) => {
    expect(() => parseVersion(text)).toThrow(
      'is not a version. Write three numbers without v, such as 1.2.3.',
    );
  },
);

test.each([
  ['1.0.1', '1.0.0', true],
  ['1.10.0', '1.9.9', true],
  ['2.0.0', '1.99.99', true],
  ['1.0.0', '1.0.0', false],
  ['1.9.9', '1.10.0', false],
])('release version: %s is newer than %s: %s', (one, other, newer) => {
  expect(isNewer(parseVersion(one), parseVersion(other))).toBe(newer);
});

test.each(['v1', 'main', 'v1.2', 'v1.2.3-rc.1'])('release version: the tag %s is of no release', (tag) => {
  expect(versionOfTag(tag)).toBeUndefined();
});
