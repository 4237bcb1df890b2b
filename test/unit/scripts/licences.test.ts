import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { licencesOf } from '../../../scripts/licences.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

test('licences: each package once, also of joined modules and nested packages, and no loader', (context) => {
  const root = temporaryDirectory(context);
  const add = (name: string, text: string | undefined) => {
    const directory = join(root, 'node_modules', name);
    mkdirSync(directory, { recursive: true });
    writeFileSync(
      join(directory, 'package.json'),
      JSON.stringify({ name, version: '1.2.3', license: 'MIT' }),
    );
    if (text) writeFileSync(join(directory, 'LICENSE.md'), text);
    return directory;
  };
  const [plain, scoped] = [add('plain', 'Copyright Plain\r\nAll rights'), add('@own/scoped', undefined)];
  const nested = add('plain/node_modules/nested', 'Copyright Nested');
  const loader = join(root, 'node_modules/@vercel/ncc/dist/ncc/loaders/empty-loader.js');
  const text = licencesOf([
    { identifier: `${loader}!${plain}/index.js` },
    { identifier: `${plain}/lib/other.js|hash` },
    {
      identifier: 'javascript/auto|/src/main.js',
      modules: [{ identifier: `${loader}!${scoped}/a.js` }, { identifier: `${nested}/b.js` }],
    },
  ]);
  expect(text).toBe(
    '@own/scoped 1.2.3\nMIT\n\n\nplain 1.2.3\nMIT\nCopyright Plain\nAll rights\n\nplain/node_modules/nested 1.2.3\nMIT\nCopyright Nested\n',
  );
});

test.each([
  ['main', ['@actions/core', 'shlex', 'undici', 'zod']],
  ['post', ['@actions/core', 'zod']],
  ['cache-worker', ['@actions/cache', '@azure/storage-blob']],
])('licences: dist/%s has those of %j', (entry, names) => {
  const text = readFileSync(resolve('dist', entry, 'licenses.txt'), 'utf8');
  for (const name of names) expect(text).toMatch(new RegExp(`^${name} \\d+\\.`, 'm'));
});
