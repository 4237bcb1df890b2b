/** docs/torture.md says what each round checks. `.ci/run` runs 12 rounds. */

import { expect, test } from 'vitest';
import { torture } from '../torture/torture.ts';

test('torture: 200 rounds, and nothing that was paid for is lost', { timeout: 3_600_000 }, async () => {
  const log: string[] = [];
  const report = await torture({ seed: 1, rounds: 200, log: (line) => log.push(line) });
  expect(report.problems, log.join('\n')).toEqual([]);
  expect(report.rounds).toBe(200);
  expect(report.completed).toBeGreaterThan(50);
});
