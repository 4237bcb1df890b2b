import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { RunEstimate } from '../../../src/model/estimate.ts';
import { statePaths } from '../../../src/progress/paths.ts';
import { State } from '../../../src/progress/state.ts';
import { owner, recordingLog, temporaryDirectory } from '../../helpers/builders.ts';
import { someFacts } from '../../helpers/finished-run.ts';

function open(root = temporaryDirectory()) {
  const log = recordingLog();
  const paths = statePaths(root, owner.model, owner.evalSet);
  return { state: State.open({ paths, owner, log }), log, paths, root };
}

test('run facts: a later process reads what the run is', () => {
  const { state, root } = open();
  expect(state.runFacts).toBeUndefined();
  const decisions = { 'a.dev.v0': { kind: 'run', reason: 'own.py changed', parts: ['own.py'] } } as const;
  state.beginRun({ ...someFacts, decisions });
  expect(open(root).state.runFacts).toEqual({ ...someFacts, decisions });
});

test('run facts: the prices that the run was given are read back, and wrong ones are not', () => {
  const price = { input: 0.15, output: 0.6, cached: 0.075 };
  const prices = { providers: ['openai'], overrides: [{ model: 'own-*', price }] };
  const { state, root } = open();
  state.beginRun({ ...someFacts, prices });
  expect(open(root).state.runFacts?.prices).toEqual(prices);
  state.beginRun({
    ...someFacts,
    prices: { ...prices, overrides: [{ model: 'm', price: { ...price, input: -1 } }] },
  });
  expect(open(root).state.runFacts).toBeUndefined();
});

const estimate: RunEstimate = {
  evals: 2,
  unknownEvals: 1,
  guessedEvals: 0,
  requests: { low: 5, high: 6 },
  promptTokens: { low: 10, high: 20 },
  completionTokens: { low: 0, high: 4 },
  cost: null,
  unpriced: ['mystery'],
};

test('run facts: a later process reads what was estimated', () => {
  const { state, root } = open();
  state.beginRun({ ...someFacts, estimate });
  expect(open(root).state.runFacts?.estimate).toEqual(estimate);
});

test('run facts: those of another repository are not used', () => {
  const { state, root } = open();
  state.beginRun({ ...someFacts, run: { ...someFacts.run, repository: 'other/one' } });
  expect(open(root).state.runFacts).toBeUndefined();
});

test('run facts: reasons are recorded in one line and without secrets', () => {
  const { state, root, log } = open();
  log.hide('sk-very-secret-key');
  const reason = 'args changed (x → sk-very-secret-key)\n::error::';
  state.beginRun({ ...someFacts, decisions: { a: { kind: 'run', reason, parts: ['a\nb'] } } });
  expect(open(root).state.runFacts?.decisions).toEqual({
    a: { kind: 'run', reason: 'args changed (x → ***) ::error::', parts: ['a b'] },
  });
});

test.each([
  ['no JSON', '{'],
  ['another version', JSON.stringify({ ...someFacts, version: 2 })],
  [
    'a range whose ends are in the wrong order',
    JSON.stringify({ ...someFacts, estimate: { ...estimate, requests: { low: 2, high: 1 } } }),
  ],
  [
    'a negative estimate',
    JSON.stringify({ ...someFacts, estimate: { ...estimate, cost: { low: -1, high: 1 } } }),
  ],
  ['a line break', JSON.stringify({ ...someFacts, run: { ...someFacts.run, ref: 'a\nb' } })],
])('run facts: a file that has %s is quarantined', (_, text) => {
  const { paths, root } = open();
  const again = open(root);
  again.state.beginRun(someFacts);
  writeFileSync(paths.runFacts, text);
  const { state, log } = open(root);
  expect(state.runFacts).toBeUndefined();
  expect(log.warnings).toEqual([expect.stringContaining('run.json is not used: ')]);
});
