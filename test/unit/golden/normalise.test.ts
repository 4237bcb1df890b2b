import { expect, test } from 'vitest';
import { normaliser } from '../../golden/shown/normalise.ts';

const normalise = normaliser({ places: { '/tmp/x': '/home/runner', '/tmp/x/state': '/tmp/oaievalset' } });

test.each([
  ['done in 1.2 s', 'done in # s'],
  ['for 3 min 20 s; about 2 h 5 min left', 'for # s; about # s left'],
  ['14 per second', '# per second'],
  ['of 2026-11-27T01:02:03.004Z', 'of ####-##-##T##:##:##Z'],
  ['[2026-11-27 01:02:03,004] [eval.py:61] x', '[####-##-##] [eval.py:61] x'],
  ['samples changed (a1b2… → c3d4…)', 'samples changed (####… → ####…)'],
  ['oaievalset-v2-gpt-4o.set-0a1b2c3d-', 'oaievalset-v2-gpt-4o.set-########-'],
  ['/tmp/x/state/y and /tmp/x/work', '/tmp/oaievalset/y and /home/runner/work'],
  ['Python 3.11.4, 120 requests, 5 samples', 'Python 3.##, 120 requests, 5 samples'],
  ['defaced and 12345678', 'defaced and 12345678'],
])('normaliser: "%s"', (text, shown) => {
  expect(normalise(text)).toBe(shown);
});

test('normaliser: durations that are inputs stay', () => {
  const kept = normaliser({ places: {}, keeps: ['5 min 0 s'] });
  expect(kept('the time-budget of 5 min 0 s is used up after 5 min 1 s')).toBe(
    'the time-budget of 5 min 0 s is used up after # s',
  );
});
