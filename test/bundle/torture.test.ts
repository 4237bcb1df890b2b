import { expect, it } from 'vitest';
import { torture } from '../torture/torture.ts';

it('torture: whatever ends a job at random moments, nothing that was paid for is lost', async () => {
  const said: string[] = [];
  const report = await torture({ seed: 20, rounds: 10, say: (line) => said.push(line) });
  expect(report.problems, said.join('\n')).toEqual([]);
  expect(report.rounds).toBe(10);
  expect(report.completed, said.join('\n')).toBeGreaterThan(0);
  expect(report.answersPaid).toBeGreaterThan(0);
}, 600_000);
