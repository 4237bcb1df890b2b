/** Writes docs/results.schema.json from the schema of results.json in src/artifact/. `--check` only compares. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { resultsSchema } from '../src/artifact/results-schema.ts';

const path = join(import.meta.dirname, '../docs/results.schema.json');

/** Of the input, which may have fields that this version of the action does not know. */
const schema = z.toJSONSchema(resultsSchema, { io: 'input' });
const written = `${JSON.stringify(schema, null, 2)}\n`;

if (!process.argv.includes('--check')) {
  writeFileSync(path, written);
} else if (readFileSync(path, 'utf8') !== written) {
  console.error(
    "docs/results.schema.json differs from src/artifact/. Run 'npm run results-schema' to update it.",
  );
  process.exitCode = 1;
}
