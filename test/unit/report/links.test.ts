import { expect, test } from 'vitest';
import { runUrl, webUrl } from '../../../src/report/links.ts';

const links = { serverUrl: 'https://github.com', repository: 'o/r', runId: '1' };

test('links: a run has a page, and each of its attempts', () => {
  expect(runUrl(links, '12')).toBe('https://github.com/o/r/actions/runs/12');
  expect(runUrl(links, '12', 2)).toBe('https://github.com/o/r/actions/runs/12/attempts/2');
  expect(runUrl({ ...links, serverUrl: 'https://ghe.example/' }, '12')).toBe(
    'https://ghe.example/o/r/actions/runs/12',
  );
});

test.each([
  ['an id that is no number', links, '12) [x](http://evil.example'],
  ['an empty id', links, ''],
  ['an id that is too long', links, '1'.repeat(21)],
  ['no repository', { ...links, repository: '' }, '12'],
  ['a repository with a path', { ...links, repository: 'o/r/../x' }, '12'],
  ['a server that is none', { ...links, serverUrl: 'javascript:alert(1)' }, '12'],
])('links: with %s there is no link to a run', (_, from, id) => {
  expect(runUrl(from, id)).toBeUndefined();
});

test.each([[Number.NaN], [0], [-1], [1.5], [Number.POSITIVE_INFINITY]])(
  'links: the attempt %d is left out',
  (attempt) => {
    expect(runUrl(links, '12', attempt)).toBe('https://github.com/o/r/actions/runs/12');
  },
);

test.each([
  ['https://github.com/o/r/actions/runs/1/artifacts/2', 'https://github.com/o/r/actions/runs/1/artifacts/2'],
  ['https://h.example/a_b(1).html', 'https://h.example/a_b%281%29.html'],
  ['https://h.example/a b|c', 'https://h.example/a%20b%7Cc'],
  ['javascript:alert(1)', undefined],
  ['data:text/html,x', undefined],
  ['report.html', undefined],
  ['', undefined],
])('links: the address %j becomes %j', (address, shown) => {
  expect(webUrl(address)).toBe(shown);
});
