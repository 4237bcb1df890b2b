import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { formatResults } from '../../../src/artifact/format-results.ts';
import { completeResults, completeVerdict } from './complete-results.ts';

const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../docs/results.schema.json'), 'utf8'),
);
const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });
addFormats.default(ajv);
const validate = ajv.compile(schema);

describe('docs/results.schema.json', () => {
  test('is met by a results.json with every field that there is, as another validator reads it', () => {
    validate(JSON.parse(formatResults(completeResults, completeVerdict)));
    expect(validate.errors).toBeNull();
  });

  test('allows fields that a later version may add', () => {
    const file = JSON.parse(formatResults(completeResults, completeVerdict));
    expect(validate({ ...file, later: 1 })).toBe(true);
  });

  test('is not met when a field is missing or has another type', () => {
    const file = JSON.parse(formatResults(completeResults, completeVerdict));
    validate({ ...file, model: undefined, evals: [{ ...file.evals[0], attempts: 'one' }] });
    expect(validate.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`)).toEqual([
      " must have required property 'model'",
      '/evals/0/attempts must be integer',
    ]);
  });

  test('describes every field that needs more than its name', () => {
    const { properties } = schema;
    const undescribed = Object.entries<{ description?: string }>({
      ...properties,
      ...properties.evals.items.properties,
      ...properties.verdict.properties,
    }).filter(([, field]) => field.description === undefined);
    expect(undescribed.map(([name]) => name)).toEqual([]);
  });
});
