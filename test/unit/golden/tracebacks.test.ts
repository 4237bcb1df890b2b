import { expect, test } from 'vitest';
import { plainTracebacks } from '../../golden/shown/tracebacks.ts';

test('plainTracebacks: marks, further lines of code and comprehensions are left out', () => {
  const shown = plainTracebacks([
    '│ Traceback (most recent call last):',
    '│   File "/opt/lib/site-packages/a.py", line 60, in run',
    '│     result = call(',
    '│              ^^^^^',
    '│         x,',
    '│     ...<2 lines>...',
    '│   File "/own/b.py", line 3, in <listcomp>',
    '│     return [f(x) for x in y]',
    '│   File "/own/b.py", line 4, in f',
    '│     raise KeyError(x)',
    '│ KeyError: 1',
    '│    indented text of the eval',
  ]);
  expect(shown).toEqual([
    '│ Traceback (most recent call last):',
    '│   File "/opt/lib/site-packages/a.py", line #, in run',
    '│     result = call(',
    '│   File "/own/b.py", line 4, in f',
    '│     raise KeyError(x)',
    '│ KeyError: 1',
    '│    indented text of the eval',
  ]);
});
