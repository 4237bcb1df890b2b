/** Links in README.md, CONTRIBUTING.md and docs/ to files of this repository. GitHub shows a broken one as any other. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'AGENTS.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** Without code, in which brackets are no links. */
const proseOf = (path: string): string =>
  readFileSync(join(root, path), 'utf8')
    .replace(/^ *```[\s\S]*?^ *```/gm, '')
    .replace(/`[^`\n]*`/g, 'code');

/** The anchors that GitHub gives the headings of a document. */
function anchorsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8').replace(/^ *```[\s\S]*?^ *```/gm, '');
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

const links = documents.flatMap((document) =>
  [...proseOf(document).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^(https?|mailto):/.test(target))
    .map((target) => {
      const [file = '', anchor] = target.split('#');
      const path = file === '' ? join(root, document) : resolve(root, dirname(document), file);
      return { document, target, path, anchor };
    }),
);

describe('links', () => {
  test('links: there are some in the documents', () => {
    expect(links.length).toBeGreaterThan(50);
  });

  test.each(links)('links: $document leads to $target', ({ path, anchor }) => {
    expect(existsSync(path), `${relative(root, path)} exists`).toBe(true);
    if (anchor !== undefined && path.endsWith('.md')) expect(anchorsOf(path)).toContain(anchor);
  });
});
