/** The socket for the output of evals, on a machine whose temporary directory cannot be used. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { logOf } from '../../helpers/test-machine.ts';
import { LONG } from '../../helpers/test-rows.ts';
import { machineFor, onLinux } from '../../helpers/warm-engine.ts';

onLinux.concurrent('no temporary directory that can be used', () => {
  test('output socket: without a usable TMPDIR it lies in RUNNER_TEMP', async (context) => {
    const { machine } = await machineFor(context, 'warm-talking', { env: { TMPDIR: '/proc/no-such-place' } });
    const result = await machine.run({ cache: false });
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '4' });
    expect(logOf(result)).not.toContain('its own Python process');
    expect(result.annotations).toEqual([]);
  });

  test(
    'output socket: when the path of RUNNER_TEMP is too long as well, each eval gets a Python of its own',
    LONG,
    async (context) => {
      const { machine } = await machineFor(context, 'warm-talking', {
        env: { TMPDIR: '/proc/no-such-place' },
      });
      const long = join(machine.directory, 'x'.repeat(100));
      mkdirSync(long);
      const result = await machine.run({ cache: false, env: { RUNNER_TEMP: long } });
      expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '4' });
      expect(result.lines.filter((line) => line.includes('its own Python process'))).toEqual([
        expect.stringMatching(/no socket can be created.*\/proc\/no-such-place.*too long/),
      ]);
      expect(result.annotations).toEqual([]);
      // Only the reports are left.
      expect(readdirSync(long).filter((name) => name.startsWith('oaievalset-'))).toEqual([
        'oaievalset-report',
      ]);
    },
  );
});
