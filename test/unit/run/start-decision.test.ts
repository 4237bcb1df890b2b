import { describe, expect, test } from 'vitest';
import { limitOf, type Observation, type ObservedEval } from '../../../src/run/start-decision.ts';

const MB = 2 ** 20;

/** Waits for the responses to this many requests. */
const waiting = (requests: number, bytes = 100 * MB): ObservedEval => ({
  openRequests: requests,
  demand: requests,
  bytes,
});

/** Has started, and is expected to send this many requests. */
const starting = (demand: number, bytes?: number): ObservedEval => ({ openRequests: 0, demand, bytes });

const times = (count: number, each: ObservedEval): ObservedEval[] =>
  Array.from({ length: count }, () => each);

const idle: Observation = {
  api: { allowed: 32, isTroubled: false },
  evals: [],
  cores: 2,
  busyShare: 0.2,
  availableBytes: 8000 * MB,
};

const rows: readonly [what: string, limit: string | undefined, Partial<Observation>][] = [
  ['nothing runs', undefined, {}],
  [
    'nothing runs, and everything else is against it',
    undefined,
    { api: { allowed: 1, isTroubled: true }, busyShare: 1, availableBytes: 0 },
  ],
  ['the limit is not filled', undefined, { evals: [waiting(31)] }],
  ['one eval fills the limit', 'requests', { evals: [waiting(32)] }],
  ['one eval is expected to fill the limit', 'requests', { evals: [starting(32)] }],
  ['several evals fill the limit together', 'requests', { evals: [waiting(20), starting(12)] }],
  [
    'the API allows fewer requests than the input',
    'requests',
    { api: { allowed: 8, isTroubled: false }, evals: [waiting(8)] },
  ],
  [
    'the API is down or limits the rate',
    'api',
    { api: { allowed: 32, isTroubled: true }, evals: [waiting(1)] },
  ],
  ['fewer than two evals a core compute', undefined, { evals: times(3, starting(1)) }],
  ['two evals a core compute', 'cores', { evals: times(4, starting(1)) }],
  ['two evals a core compute, on more cores', undefined, { cores: 4, evals: times(4, starting(1)) }],
  ['four evals a core wait, and the cores are idle', undefined, { evals: times(8, waiting(1)) }],
  [
    'four evals a core wait, and the cores are busy',
    'cores',
    { evals: times(8, waiting(1)), busyShare: 0.95 },
  ],
  [
    'four evals a core wait, and nothing shows how busy the cores are',
    'cores',
    { evals: times(8, waiting(1)), busyShare: undefined },
  ],
  [
    'fewer than four evals a core run, however busy',
    undefined,
    { evals: times(7, waiting(1)), busyShare: 1 },
  ],
  ['memory for a usual eval is left', undefined, { evals: [waiting(1)], availableBytes: 700 * MB }],
  ['no memory for a usual eval is left', 'memory', { evals: [waiting(1)], availableBytes: 600 * MB }],
  ['the eval that runs is large', 'memory', { evals: [waiting(1, 3000 * MB)], availableBytes: 3400 * MB }],
  [
    'the others may become as large as the largest',
    'memory',
    { evals: [waiting(1, 3000 * MB), waiting(1)], availableBytes: 6000 * MB },
  ],
  ['a process has no size yet', 'memory', { evals: [starting(1)], availableBytes: 700 * MB }],
  [
    'memory cannot be measured, and few evals run',
    undefined,
    { evals: [waiting(1)], availableBytes: undefined },
  ],
  [
    'memory cannot be measured, and two evals a core run',
    'cores',
    { evals: times(4, starting(1)), availableBytes: undefined },
  ],
  [
    'memory cannot be measured, and two evals a core wait',
    'memory',
    { evals: times(4, waiting(1)), availableBytes: undefined },
  ],
];

describe('limitOf', () => {
  test.each(rows)('limitOf: %s: %s', (_, limit, observation) => {
    expect(limitOf({ ...idle, ...observation })).toBe(limit);
  });
});
