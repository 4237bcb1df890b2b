/** The mistakes that the step finds before it starts Python, as `test/bundle/misconfigurations.test.ts` runs them, but in this process. */
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { readStep } from '../../../src/action/step.ts';
import { describeError } from '../../../src/errors.ts';
import { printable } from '../../../src/text.ts';
import { readManifest } from '../../helpers/action-manifest.ts';
import { ownAction } from '../../helpers/runner.ts';
import { silentLog } from '../../helpers/silent-log.ts';
import { prepareStep } from '../../helpers/step-context.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { misconfigurations } from '../../misconfigurations/all.ts';
import { comparable, makeCheckout } from '../../misconfigurations/misconfiguration.ts';

const manifest = readManifest(readFileSync(join(ownAction, 'action.yml'), 'utf8'));
const before = process.cwd();

afterEach(() => {
  process.chdir(before);
  vi.unstubAllEnvs();
});

describe('misconfigurations of a step', () => {
  const rows = misconfigurations.filter(({ needsPlan = true }) => !needsPlan);
  test.for(rows)('misconfiguration: $title', async (row, context) => {
    const directory = realpathSync(temporaryDirectory(context));
    const checkout = join(directory, 'checkout');
    const inputs = { python: process.execPath, ...makeCheckout(checkout, row) };
    const { env } = prepareStep({ directory, workspace: checkout, inputs }, ownAction, manifest);
    const variables = { ...env, OPENAI_BASE_URL: 'http://127.0.0.1:9/v1', OPENAI_API_KEY: 'x', ...row.env };
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    process.chdir(checkout);
    const error = await readStep(silentLog, variables).catch((thrown: unknown) => thrown);
    // As the log shows it.
    expect(comparable(printable(describeError(error)), { checkout })).toBe(row.says);
  });
});
