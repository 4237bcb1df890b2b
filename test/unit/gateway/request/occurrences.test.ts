import { expect, test } from 'vitest';
import { Occurrences } from '../../../../src/gateway/request/occurrences.ts';

type Step = ['take', string, number] | ['giveBack', string, number];

test.each<[string, Step[]]>([
  [
    'each identical request takes the next number',
    [
      ['take', 'k', 0],
      ['take', 'k', 1],
      ['take', 'k', 2],
    ],
  ],
  [
    'different requests are numbered separately',
    [
      ['take', 'k', 0],
      ['take', 'other', 0],
      ['take', 'k', 1],
      ['take', 'other', 1],
    ],
  ],
  [
    'a number that is given back is taken next, once',
    [
      ['take', 'k', 0],
      ['take', 'k', 1],
      ['giveBack', 'k', 0],
      ['take', 'k', 0],
      ['take', 'k', 2],
    ],
  ],
  [
    'the lowest of several numbers that are given back is taken first',
    [
      ['take', 'k', 0],
      ['take', 'k', 1],
      ['take', 'k', 2],
      ['take', 'k', 3],
      ['giveBack', 'k', 2],
      ['giveBack', 'k', 0],
      ['giveBack', 'k', 1],
      ['take', 'k', 0],
      ['take', 'k', 1],
      ['take', 'k', 2],
      ['take', 'k', 4],
    ],
  ],
  [
    'numbers with two digits are in numeric order',
    [
      ...Array.from({ length: 12 }, (_, n): Step => ['take', 'k', n]),
      ['giveBack', 'k', 10],
      ['giveBack', 'k', 9],
      ['take', 'k', 9],
      ['take', 'k', 10],
      ['take', 'k', 12],
    ],
  ],
  [
    'giving back a number does not affect other requests',
    [
      ['take', 'k', 0],
      ['take', 'other', 0],
      ['giveBack', 'other', 0],
      ['take', 'k', 1],
      ['take', 'other', 0],
    ],
  ],
  [
    'a number of a request that took none cannot be given back',
    [
      ['giveBack', 'k', 5],
      ['take', 'k', 0],
      ['take', 'k', 1],
    ],
  ],
])('occurrences: %s', (_, steps) => {
  const occurrences = new Occurrences();
  const seen = steps.map(([step, key, n]): Step => {
    if (step === 'take') return [step, key, occurrences.take(key)];
    occurrences.giveBack(key, n);
    return [step, key, n];
  });
  expect(seen).toEqual(steps);
});

test('occurrences: those that were taken and not given back are listed', () => {
  const occurrences = new Occurrences();
  for (const key of ['k', 'k', 'other', 'k']) occurrences.take(key);
  occurrences.giveBack('k', 1);
  occurrences.giveBack('other', 0);
  expect([...occurrences.taken()]).toEqual([
    { key: 'k', n: 0 },
    { key: 'k', n: 2 },
  ]);
});
