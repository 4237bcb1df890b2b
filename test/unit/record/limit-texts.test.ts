import { expect, test } from 'vitest';
import { NO_TEXTS, type SamplesText } from '../../../src/model/sample.ts';
import { limitTexts } from '../../../src/record/limit-texts.ts';
import { evalSamples, sample } from '../../helpers/report-builders.ts';

const OUTCOMES = ['correct', 'incorrect', 'unscored', 'errored', null] as const;
const all = evalSamples(
  OUTCOMES.map((outcome) => sample(String(outcome), true, { outcome })),
  Object.fromEntries(OUTCOMES.map((outcome) => [String(outcome), { prompt: 'secret' }])),
);

test.each<[SamplesText, readonly (string | null)[]]>([
  ['none', []],
  ['failures', ['incorrect', 'unscored', 'errored']],
  ['all', OUTCOMES],
])('texts of samples: %s lets those of %j leave', (policy, shown) => {
  const limited = limitTexts(all, policy);
  expect(limited.samples).toEqual(all.samples);
  for (const each of limited.samples)
    expect(limited.texts(each), each.id).toEqual(
      shown.includes(each.outcome) ? { ...NO_TEXTS, prompt: 'secret' } : NO_TEXTS,
    );
});
