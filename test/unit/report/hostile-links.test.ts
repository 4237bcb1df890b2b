import { expect, test } from 'vitest';
import { commitUrl, runUrl } from '../../../src/report/links.ts';

const links = { serverUrl: 'https://github.com', repository: 'octo-org/octo-repo', runId: '17' };

test.for(['', '17/../../x', '17?x', 'javascript:alert(1)', '１７', ' 17', '17\n', '1'.repeat(21)])(
  'links: a run id %j has no address',
  (runId) => {
    expect(runUrl(links, runId)).toBeUndefined();
  },
);

test.for([
  { ...links, serverUrl: 'javascript:alert(1)//' },
  { ...links, serverUrl: 'https://github.com/"onmouseover="' },
  { ...links, serverUrl: '' },
  { ...links, repository: '' },
  { ...links, repository: 'octo-org/octo-repo/../../evil' },
  { ...links, repository: 'octo org/repo' },
])('links: a runner with the values %j has no addresses', (each) => {
  expect([runUrl(each, '17'), commitUrl(each, 'a'.repeat(40))]).toEqual([undefined, undefined]);
});

test('links: only a whole SHA has an address', () => {
  expect(commitUrl(links, 'a'.repeat(40))).toBe(
    `https://github.com/octo-org/octo-repo/commit/${'a'.repeat(40)}`,
  );
  expect(commitUrl(links, 'main')).toBeUndefined();
});
