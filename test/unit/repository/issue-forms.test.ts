/** Forms that GitHub rejects are not offered, and nothing fails. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { readYaml, root } from './action-files.ts';

const folder = '.github/ISSUE_TEMPLATE';
const forms = readdirSync(join(root, folder)).filter((name) => name !== 'config.yml');

const field = {
  id: z.string().regex(/^[\w-]+$/),
  validations: z.strictObject({ required: z.boolean() }).optional(),
};
const label = { label: z.string().min(1), description: z.string().optional() };

/** https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema */
const formSchema = z.strictObject({
  name: z.string().min(1),
  description: z.string().min(1),
  labels: z.array(z.string()),
  body: z.array(
    z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('markdown'), attributes: z.strictObject({ value: z.string() }) }),
      z.strictObject({
        ...field,
        type: z.literal('textarea'),
        attributes: z.strictObject({ ...label, render: z.string().optional() }),
      }),
      z.strictObject({ ...field, type: z.literal('input'), attributes: z.strictObject(label) }),
      z.strictObject({
        ...field,
        type: z.literal('dropdown'),
        attributes: z.strictObject({ ...label, options: z.array(z.string()).min(1) }),
      }),
    ]),
  ),
});

const configSchema = z.strictObject({
  blank_issues_enabled: z.boolean(),
  contact_links: z.array(z.strictObject({ name: z.string().min(1), url: z.url(), about: z.string().min(1) })),
});

test('issue forms: there is one for bugs and one for features', () => {
  expect(forms).toEqual(['bug.yml', 'feature.yml']);
});

test.each(forms)('issue forms, %s: has the form that GitHub reads, and no identifier twice', (name) => {
  const { body } = formSchema.parse(readYaml(join(folder, name)));
  const ids = body.flatMap((item) => (item.type === 'markdown' ? [] : item.id));
  expect(ids.length).toBeGreaterThan(2);
  expect(new Set(ids).size).toBe(ids.length);
});

test('issue forms: questions and vulnerabilities go elsewhere', () => {
  const config = configSchema.parse(readYaml(join(folder, 'config.yml')));
  expect(config.contact_links.map(({ url }) => new URL(url).pathname.split('/').slice(3).join('/'))).toEqual([
    'discussions',
    'security/advisories/new',
    'issues',
  ]);
});

test('CODEOWNERS: everything has an owner', () => {
  expect(readFileSync(join(root, '.github/CODEOWNERS'), 'utf8')).toMatch(/^\* @[\w-]+\/[\w-]+$/m);
});
