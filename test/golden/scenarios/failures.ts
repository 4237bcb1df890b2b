/** Runs in which evals fail. */
import { apiFaults } from '../../stand-ins/api-faults.ts';
import type { ModelRequest } from '../../stand-ins/model-request.ts';
import type { Scenario } from '../scenario.ts';
import { BROKEN, evalNamed, GEOGRAPHY, REVERSE, samplesOf, WORDS } from './material.ts';

const TOO_LONG =
  "This model's maximum context length is 128000 tokens. However, your messages resulted in 131072 tokens. Please reduce the length of the messages.";

export const failures: readonly Scenario[] = [
  {
    name: 'failing-own-class',
    title: 'An eval class of the user raises an exception at the third sample',
    play: async (stage) => {
      const play = await stage.set({
        evals: [
          ...GEOGRAPHY.slice(0, 2),
          { name: 'reverse', className: 'own.reverse:Reverse', samples: WORDS },
        ],
        files: { 'own/reverse.py': REVERSE, 'own/__init__.py': '' },
        inCheckout: { PYTHONPATH: '.' },
      });
      return play.shown({ exitCode: 1, outputs: { failed: '1', fresh: '2' } });
    },
  },
  {
    name: 'failing-registry-class',
    title: 'The API refuses one request of an eval whose class comes with evals',
    play: async (stage) => {
      const play = await stage.set({
        evals: GEOGRAPHY,
        api: {
          faults: (request) =>
            textOf(request).includes('capital of Kenya?') && !textOf(request).includes('polite')
              ? apiFaults.badRequest(TOO_LONG)
              : undefined,
        },
      });
      return play.shown({ exitCode: 1, outputs: { failed: '2', fresh: '2' } });
    },
  },
  {
    name: 'failing-14',
    title: 'Fourteen evals of sixteen fail, for four reasons',
    play: async (stage) => {
      const broken = Array.from({ length: 14 }, (_, i) => ({
        name: `rule-${i + 1}`,
        className: 'own.broken:Broken',
        samples: samplesOf(`rule-${i + 1}`, 3),
      }));
      const play = await stage.set({
        evals: [evalNamed('capitals'), ...broken, evalNamed('capitals-short')],
        files: { 'own/broken.py': BROKEN, 'own/__init__.py': '' },
        inCheckout: { PYTHONPATH: '.' },
        inputs: { attempts: '1' },
      });
      return play.shown({ exitCode: 1, outputs: { failed: '14', fresh: '2' } });
    },
  },
];

function textOf({ body }: ModelRequest): string {
  return JSON.stringify(body);
}
