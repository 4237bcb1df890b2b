import { expect, test } from 'vitest';
import { isHigherBetter } from '../../../../src/gate/comparison/direction.ts';
import {
  changeText,
  metricAtStart,
  scaleFor,
  toleranceText,
  valueText,
} from '../../../../src/gate/comparison/words.ts';
import { evalResult } from '../../../helpers/report-builders.ts';

test.for([
  { isRate: true, from: 0.8, to: 0.75, texts: ['80.0 %', '75.0 %', '−5.0 points'] },
  { isRate: true, from: 1, to: 0, texts: ['100 %', '0 %', '−100.0 points'] },
  { isRate: true, from: 0.5, to: 0.5, texts: ['50.0 %', '50.0 %', '0.0 points'] },
  { isRate: true, from: 0.5, to: 0.50002, texts: ['50.0000 %', '50.0020 %', '+0.0020 points'] },
  { isRate: false, from: 0.25, to: 12.34567, texts: ['0.25', '12.3457', '+12.0957'] },
  { isRate: false, from: -3, to: -3.00012, texts: ['−3', '−3.0001', '−0.00012'] },
  { isRate: false, from: 1e-9, to: 0, texts: ['1e-9', '0', '−1e-9'] },
  { isRate: false, from: 1e300, to: -1e300, texts: ['1e+300', '−1e+300', '−2e+300'] },
])('valueText and changeText: from $from to $to: $texts', ({ isRate, from, to, texts }) => {
  const scale = scaleFor(isRate, to - from);
  expect([valueText(from, scale), valueText(to, scale), changeText(to - from, scale)]).toEqual(texts);
});

test('toleranceText: in points for rates', () => {
  expect([toleranceText(0.01, true), toleranceText(0.025, true), toleranceText(0.5, false)]).toEqual([
    '1 point',
    '2.5 points',
    '0.5',
  ]);
});

test.for([
  ['accuracy', 'Accuracy'],
  ['f1_score', 'f1_score'],
  ['a\nb\u202e', 'a b\\u202e'],
] as const)('metricAtStart: %j: %s', ([metric, text]) => {
  expect(metricAtStart(metric)).toBe(text);
});

const main = (name: string, higherIsBetter: boolean) =>
  evalResult('match', { mainMetric: { name, value: 1, interval: null, higherIsBetter } });

test.for([
  { metric: 'accuracy', sides: [main('accuracy', false)], isHigher: false },
  { metric: 'error_rate', sides: [main('error_rate', true)], isHigher: true },
  { metric: 'accuracy', sides: [undefined, main('accuracy', false)], isHigher: false },
  { metric: 'f1_score', sides: [main('accuracy', false)], isHigher: true },
  { metric: 'error_rate', sides: [main('accuracy', true)], isHigher: false },
  { metric: 'counts/__invalid__', sides: [], isHigher: false },
  { metric: 'terror', sides: [], isHigher: true },
])('isHigherBetter: $metric: $isHigher', ({ metric, sides, isHigher }) => {
  expect(isHigherBetter(metric, sides)).toBe(isHigher);
});
