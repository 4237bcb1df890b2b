/** Machines that differ: other tools, other paths. And what a machine does with a checkpoint of many files. */
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { useSavedSet } from '../../helpers/completed-set.ts';
import { evalsPython } from '../../helpers/evals-venv.ts';
import type { RunResult } from '../../helpers/runner.ts';
import { type Cleanup, temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { logOf, type MachineRun, TestMachine } from '../../helpers/test-machine.ts';
import { LONG, SOAK } from '../../helpers/test-rows.ts';

const REGISTRY = join(import.meta.dirname, '../../fixtures/reuse/registry');

let python: string;
beforeAll(async () => {
  python = await evalsPython();
});

/** A set of two evals; `dummy` answers without an API. */
function smallMachine(context: Cleanup): Promise<TestMachine> {
  const inputs = { 'registry-path': REGISTRY };
  return TestMachine.make(context, { python, model: 'dummy', evalSet: 'small', inputs });
}

const warnings = (result: RunResult) =>
  result.annotations.filter(({ level }) => level === 'warning').map(({ message }) => message);

/** A PATH that begins with a tar that knows what BusyBox knows of the options that count. */
function pathWithBusyBox(context: Cleanup): string {
  const bin = temporaryDirectory(context);
  const tar = execFileSync('sh', ['-c', 'command -v tar'], { encoding: 'utf8' }).trim();
  writeFileSync(
    join(bin, 'tar'),
    `#!/bin/sh
for each in "$@"; do case "$each" in --posix|--use-compress-program*|-P)
  echo "tar: unrecognized option: \${each#--}" >&2; exit 1 ;;
esac; done
exec ${tar} "$@"
`,
  );
  chmodSync(join(bin, 'tar'), 0o755);
  symlinkSync('/bin/true', join(bin, 'apk'));
  return `${bin}:${process.env.PATH}`;
}

describe.concurrent('a machine with the tar of BusyBox', () => {
  const machineWithCheckpoint = useSavedSet();

  test.for(['true', 'false'])(
    'tar of BusyBox: one warning before the first request says what to install (resume: %s)',
    LONG,
    async (resume, context) => {
      const machine = await TestMachine.make(context, { python, model: 'gpt-4', api: {} });
      let requestsBefore: number | undefined;
      const result = await machine.run({
        inputs: { resume },
        env: { PATH: pathWithBusyBox(context) },
        onLine: (line) => {
          if (line.includes('apk add tar')) requestsBefore ??= machine.api.counts().received;
        },
      });
      expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', 'saved-key': '' });
      expect(requestsBefore).toBe(0);
      expect(warnings(result)).toEqual([
        expect.stringMatching(/neither be restored nor saved: .*unrecognized option: posix.*apk add tar/),
      ]);
      expect(result.post?.lines).toEqual([]);
    },
  );

  test('tar of BusyBox: the checkpoint of another machine is not called damaged', LONG, async (context) => {
    const machine = await machineWithCheckpoint(context);
    const result = await machine.run({ env: { PATH: pathWithBusyBox(context) }, runAttempt: 2 });
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '2' });
    expect(logOf(result)).not.toContain('damaged');
  });
});

test('cache worker: tar gets no -P, no API key and no token', async (context) => {
  const machine = await smallMachine(context);
  const bin = temporaryDirectory(context);
  const tar = execFileSync('sh', ['-c', 'command -v tar'], { encoding: 'utf8' }).trim();
  const seen = join(bin, 'seen');
  const spy = `#!/bin/sh\n{ for each in "$@"; do echo "<$each>"; done; env; } >> ${seen}\nexec ${tar} "$@"\n`;
  writeFileSync(join(bin, 'tar'), spy, { mode: 0o755 });
  const env = { PATH: `${bin}:${process.env.PATH}`, OPENAI_API_KEY: 'sk-secret' };
  await machine.run({ env });
  machine.forgetState();
  const result = await machine.run({ env, runAttempt: 2 });
  expect(result.outputs, logOf(result)).toMatchObject({ reused: '2' });
  const text = readFileSync(seen, 'utf8');
  expect(text).toMatch(/^<-xf>\n<.*cache\.t/m);
  for (const each of ['<-P>', 'sk-secret', machine.cache.token]) expect(text).not.toContain(each);
});

describe.concurrent('a machine with other paths', () => {
  /** A checkout of the fixture in a workspace of its own. */
  function checkout(context: Cleanup, change: (workspace: string) => void = () => {}): MachineRun {
    const workspace = join(temporaryDirectory(context), 'work', 'octo-repo');
    mkdirSync(workspace, { recursive: true });
    cpSync(REGISTRY, join(workspace, 'registry'), { recursive: true });
    change(workspace);
    return { workspace, inputs: { 'registry-path': 'registry' } };
  }

  test(
    'other paths: a machine with nothing to do saves no checkpoint, unless the next plan depends on a new registry file',
    LONG,
    async (context) => {
      const machine = await smallMachine(context);
      const first = await machine.run({ ...checkout(context), runId: '7' });
      expect(first.outputs, logOf(first)).toMatchObject({ fresh: '2' });
      machine.forgetState();
      const second = await machine.run({ ...checkout(context), runId: '8' });
      expect(second.outputs, logOf(second)).toMatchObject({
        reused: '2',
        'restored-key': first.outputs['saved-key'],
        'saved-key': '',
      });
      expect(machine.cache.entries()).toHaveLength(1);

      machine.forgetState();
      const more = checkout(context, (workspace) =>
        writeFileSync(join(workspace, 'registry/evals/more.yaml'), '# nothing yet\n'),
      );
      const third = await machine.run({ ...more, runId: '9' });
      expect(third.outputs, logOf(third)).toMatchObject({ reused: '2' });
      expect(third.outputs['saved-key']).not.toBe('');
    },
  );
});

describe('a checkpoint of 20,000 small files', () => {
  const machineWithCheckpoint = useSavedSet();
  let packed: Buffer | undefined;

  /** A machine without state, and a cache with such a checkpoint, which holds what is done as well. */
  async function withManyFiles(context: Cleanup): Promise<TestMachine> {
    const machine = await machineWithCheckpoint(context);
    const [saved] = machine.cache.entries();
    if (!saved) throw new Error('There is no checkpoint.');
    const many = packed ?? (await withMoreFiles(temporaryDirectory(context), saved.archive));
    packed = many;
    machine.cache.tamper(saved.key, () => many);
    return machine;
  }

  async function withMoreFiles(directory: string, archive: Buffer): Promise<Buffer> {
    writeFileSync(join(directory, 'archive'), archive);
    const logs = 'tmp/oaievalset/dummy.small.resume/logs';
    // In a process of its own: this one serves the cache.
    const pack = `tar -x -I zstd -f archive && (cd ${logs} && seq 20000 | split -l 1 -a 4 - eval-) && tar -c -I zstd -f many tmp`;
    await promisify(execFile)('sh', ['-c', pack], { cwd: directory });
    return readFileSync(join(directory, 'many'));
  }

  test(
    'checkpoint of 20,000 files: it is restored, and its completed evals are reused',
    LONG,
    async (context) => {
      const machine = await withManyFiles(context);
      const result = await machine.run({ runAttempt: 2 });
      expect(result.exitCode, logOf(result)).toBe(0);
      expect(result.outputs).toMatchObject({ complete: 'true', reused: '2' });
    },
  );

  test('checkpoint of 20,000 files: a job that is cancelled after unpacking ends', SOAK, async (context) => {
    const machine = await withManyFiles(context);
    const bin = temporaryDirectory(context);
    const tar = execFileSync('sh', ['-c', 'command -v tar'], { encoding: 'utf8' }).trim();
    // Its parent is the cache worker, whose parent is main.
    const cancel = `case "$*" in *-xf*cache.t*) kill -TERM $(ps -o ppid= -p $PPID) ;; esac`;
    writeFileSync(join(bin, 'tar'), `#!/bin/sh\n${tar} "$@"\ncode=$?\n${cancel}\nexit $code\n`);
    chmodSync(join(bin, 'tar'), 0o755);
    const result = await machine.run({ runAttempt: 2, env: { PATH: `${bin}:${process.env.PATH}` } });
    expect(result.exitCode, logOf(result)).toBe(1);
    expect(result.lines).toContainEqual(expect.stringContaining('Received SIGTERM'));
    expect(result.lines.filter((line) => line.startsWith('Restored'))).toEqual([]);
    const left = readdirSync(join(machine.directory, 'work/_temp'));
    expect(left.filter((name) => name.startsWith('oaievalset-'))).toEqual([]);
  });
});
