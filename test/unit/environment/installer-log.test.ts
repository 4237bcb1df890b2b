import { expect, test } from 'vitest';
import { inInstallation, installerLog } from '../../../src/environment/installer-log.ts';
import { recordingLog } from '../../helpers/builders.ts';

async function installed(verbose: boolean): Promise<string[]> {
  const log = recordingLog();
  const shown = installerLog(log, verbose);
  const result = await inInstallation(shown, 'evals 1.0 (pip)', async () => {
    for (let n = 0; n < 60; n += 1) shown.child(`Ignoring colorama: markers ${n}`);
    shown.info('something to know');
    return 'made';
  });
  expect(result).toBe('made');
  return log.lines.map((line) => line.replace(/ [\d.]+ s\.$/, ' n s.'));
}

test('installer log: an installation is one line when it starts and one when it is done', async () => {
  expect(await installed(false)).toEqual([
    'Installing evals 1.0 (pip)',
    'something to know',
    'Installed in n s.',
  ]);
});

test('installer log: with verbose, the lines of the installer are a group', async () => {
  const lines = await installed(true);
  expect(lines[0]).toBe('group: Installing evals 1.0 (pip)');
  expect(lines.filter((line) => line.startsWith('child: Ignoring colorama'))).toHaveLength(60);
  expect(lines.at(-1)).toBe('Installed in n s.');
});

test('installer log: a failed installation is not called installed', async () => {
  const log = recordingLog();
  await expect(
    inInstallation(installerLog(log, false), 'evals 1.0 (pip)', () => Promise.reject(new Error('no space'))),
  ).rejects.toThrow('no space');
  expect(log.lines).toEqual(['Installing evals 1.0 (pip)']);
});
