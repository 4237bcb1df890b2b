/** The mistakes that only a plan can find, as `test/bundle/misconfigurations.test.ts` runs them, but planned in a forked process. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeError } from '../../../src/errors.ts';
import { RegistryPlanner, usualEnv } from '../../helpers/registry-planner.ts';
import { misconfigurations } from '../../misconfigurations/all.ts';
import { comparable, isMistakeInPlan, makeCheckout } from '../../misconfigurations/misconfiguration.ts';

let planner: RegistryPlanner;
beforeAll(async () => {
  planner = await RegistryPlanner.start();
});
afterAll(() => planner.close());

describe.concurrent('misconfigurations of a plan', () => {
  test.for(misconfigurations.filter(isMistakeInPlan))('misconfiguration: $title', async (row) => {
    const checkout = planner.newDirectory('checkout-');
    const inputs = makeCheckout(checkout, row);
    const lines = (name: string) => (inputs[name] ?? '').split('\n').filter((line) => line !== '');
    const error = await planner.refusal(inputs['eval-set'] ?? '', {
      workingDirectory: checkout,
      model: inputs.model ?? '',
      judgeModel: inputs['judge-model'] ?? '',
      include: lines('include'),
      exclude: lines('exclude'),
      args: (inputs.args ?? '').split(' ').filter((word) => word !== ''),
      registryPaths: lines('registry-path'),
      chatFallback: true,
      sharesRegistry: true,
      env: { ...usualEnv, PYTHONPATH: join(checkout, 'modules'), ...row.env },
    });
    expect(comparable(describeError(error), { checkout })).toBe(row.says);
  });
});
