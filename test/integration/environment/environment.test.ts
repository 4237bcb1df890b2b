import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { installExtraPackages } from '../../../src/environment/extra-packages-venv.ts';
import { findInterpreter, onPath } from '../../../src/environment/interpreter.ts';
import type { LockedPackages } from '../../../src/environment/locked-packages.ts';
import { installLocked } from '../../../src/environment/locked-venv.ts';
import { type EnvironmentRequest, prepareEnvironment } from '../../../src/environment/prepare-environment.ts';
import type { ProcessContext } from '../../../src/environment/probe.ts';
import { recordingLog, temporaryDirectory } from '../../helpers/builders.ts';
import { EVALS_VERSION } from '../../helpers/evals-venv.ts';

const { OPENAI_API_KEY: _key, PYTHONPATH: _path, ...usual } = process.env;
const here = { workingDirectory: import.meta.dirname, env: usual };
const uv = await onPath('uv', here);
const realPython = (await findInterpreter(process.env.EVALS_TEST_PYTHON || 'python3', here)).path;

let directory = '';
/** Everything but a package index: installs come from `wheels`. */
let offline: ProcessContext;

beforeEach(() => {
  directory = realpathSync(temporaryDirectory());
  const wheels = join(directory, 'wheels');
  const empty = join(directory, 'empty');
  mkdirSync(wheels);
  mkdirSync(empty);
  offline = {
    workingDirectory: directory,
    env: {
      ...usual,
      PATH: empty,
      RUNNER_TOOL_CACHE: join(directory, 'tools'),
      PIP_NO_INDEX: '1',
      PIP_FIND_LINKS: wheels,
    },
  };
});

function prepare(python: string, more: Partial<EnvironmentRequest> = {}, log = recordingLog()) {
  return prepareEnvironment({ python, evalsVersion: '', extraPackages: [], ...offline, ...more }, log);
}

function script(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

/** As `offline`, with uv on PATH. */
function offlineUv(path: string): ProcessContext {
  const { PIP_NO_INDEX: UV_NO_INDEX, PIP_FIND_LINKS: UV_FIND_LINKS, ...env } = offline.env;
  const bin = join(directory, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'uv'), `#!/bin/sh\nexec "${path}" "$@"\n`, { mode: 0o755 });
  const own = {
    UV_NO_INDEX,
    UV_FIND_LINKS,
    UV_CACHE_DIR: join(directory, 'uv-cache'),
    UV_SYSTEM_PYTHON: '1',
  };
  return { ...offline, env: { ...env, ...own, PATH: `${bin}:/usr/bin:/bin` } };
}

/** What installs fastest here, for tests of what is the same with either. */
const fastest = () => (uv === undefined ? offline : offlineUv(uv));

/** A script that answers the probe as another Python would. */
function pretender(version: string, evals: object = { state: 'missing' }): string {
  const numbers = version.split('.').map(Number);
  const answer = { version: numbers, executable: '', implementation: 'cpython', abi: 'cpython', evals };
  return script(`python-${version}`, `#!/bin/sh\necho 'oaievalset-probe ${JSON.stringify(answer)}'\n`);
}

function python(code: string, interpreter = realPython, env: NodeJS.ProcessEnv = usual): string {
  return execFileSync(interpreter, ['-c', code], { encoding: 'utf8', env }).trim();
}

/** A wheel in the folder that installs come from, and its SHA-256. */
function wheel(
  name: string,
  version: string,
  files: Record<string, string>,
  requires: string[] = [],
): string {
  const info = `${name}-${version}.dist-info`;
  const metadata = ['Metadata-Version: 2.1', `Name: ${name}`, `Version: ${version}`];
  metadata.push(...requires.map((requirement) => `Requires-Dist: ${requirement}`));
  const all: Record<string, string> = {
    ...files,
    [`${info}/METADATA`]: `${metadata.join('\n')}\n`,
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  };
  all[`${info}/RECORD`] = [...Object.keys(all), `${info}/RECORD`].map((path) => `${path},,\n`).join('');
  const file = join(directory, 'wheels', `${name}-${version}-py3-none-any.whl`);
  const zip = `import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as archive:
    for path, text in json.loads(sys.argv[2]).items():
        archive.writestr(path, text)`;
  execFileSync(realPython, ['-c', zip, file, JSON.stringify(all)]);
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** A package of the shape of evals, in a lock of its own. Like evals, it asks for what cannot be had. */
function smallEvals(oaieval = ''): LockedPackages {
  const files = { 'evals/__init__.py': '', 'evals/cli/__init__.py': '', 'evals/cli/oaieval.py': oaieval };
  const text = `evals==1.0 --hash=sha256:${wheel('evals', '1.0', files, ['nowhere-to-be-found'])}\n`;
  const file = join(directory, 'lock.txt');
  writeFileSync(file, text);
  return { evalsVersion: '1.0', file, text };
}

async function installSmall(lock: LockedPackages, surroundings = offline, log = recordingLog()) {
  const user = await findInterpreter(realPython, surroundings);
  return await installLocked(lock, user, surroundings, log);
}

const tools = () => readdirSync(join(directory, 'tools/oaievalset-action'));

describe('an interpreter that cannot be used', () => {
  test.each([
    ['is not on PATH', 'no-such-python', 'no `no-such-python` on PATH'],
    ['is not there', './no/such/python', '/no/such/python, which is not an executable file'],
    ['is a folder', './empty', 'not an executable file'],
  ])('%s', async (_what, name, message) => {
    await expect(prepare(name)).rejects.toMatchObject({
      code: 'PYTHON_MISSING',
      message: expect.stringContaining(message),
      next: expect.stringContaining('actions/setup-python'),
    });
  });

  test.each([
    [
      'fails',
      '#!/bin/sh\necho "libpython3.11.so: cannot open" >&2\nexit 127\n',
      'code 127: libpython3.11.so: cannot open',
    ],
    ['says nothing', '#!/bin/sh\n', 'it answered (nothing)'],
    ['prints rubbish', '#!/bin/sh\necho Hello\n', 'it answered Hello'],
    ['answers in broken JSON', '#!/bin/sh\necho "oaievalset-probe {"\n', 'it answered'],
    ['answers with wrong types', '#!/bin/sh\necho "oaievalset-probe []"\n', 'it answered'],
    ['kills itself', '#!/bin/sh\nkill -9 $$\n', 'does not work as a Python interpreter'],
    ['is no program', 'not a program\n', 'does not work as a Python interpreter'],
    ['has no interpreter of its own', '#!/no/such/program\n', 'could not be started'],
  ])('%s', async (_what, text, message) => {
    script('python', text);
    await expect(prepare('./python')).rejects.toMatchObject({
      code: 'PYTHON_MISSING',
      message: expect.stringContaining(message),
    });
  });

  test.each(['2.7.18', '3.8.20'])('is Python %s', async (version) => {
    for (const evalsVersion of ['', EVALS_VERSION]) {
      await expect(prepare(pretender(version), { evalsVersion })).rejects.toMatchObject({
        code: 'PYTHON_UNSUPPORTED',
        message: expect.stringContaining(`Python ${version}`),
      });
    }
  });

  const versions = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  const old = existsSync(versions)
    ? readdirSync(versions).filter((name) => /^(2\.7|3\.[5-8])\.\d+$/.test(name))
    : [];
  test.skipIf(old.length === 0)('is a real old Python', async () => {
    for (const version of old) {
      await expect(prepare(join(versions, version, 'bin/python'))).rejects.toMatchObject({
        code: 'PYTHON_UNSUPPORTED',
        message: expect.stringContaining(`Python ${version}`),
      });
    }
  });

  test('is newer than the lock, unless it has evals', async () => {
    const newer = pretender('3.99.0', { state: 'installed', version: '3.0.1' });
    await expect(prepare(newer, { evalsVersion: EVALS_VERSION })).rejects.toMatchObject({
      code: 'PYTHON_UNSUPPORTED',
      message: expect.stringMatching(/3\.9 to 3\.13.*3\.99\.0/),
    });
    expect(await prepare(newer)).toEqual({
      python: newer,
      pythonVersion: '3.99.0',
      evalsVersion: '3.0.1',
      installed: 'existing',
    });
  });
});

describe('the interpreter that the user has', () => {
  let venv = '';
  let packages = '';
  beforeEach(() => {
    execFileSync(realPython, ['-m', 'venv', '--without-pip', join(directory, 'user venv')]);
    venv = join(directory, 'user venv/bin/python');
    packages = python('import sysconfig; print(sysconfig.get_path("purelib"))', venv);
  });

  function addEvals(folder: string, version?: string): void {
    mkdirSync(join(folder, 'evals/cli'), { recursive: true });
    // Not imported to be found: that takes seconds.
    writeFileSync(join(folder, 'evals/__init__.py'), 'raise SystemExit("imported")\n');
    writeFileSync(join(folder, 'evals/cli/oaieval.py'), '');
    if (version === undefined) return;
    const info = join(folder, `evals-${version}.dist-info`);
    mkdirSync(info);
    writeFileSync(join(info, 'METADATA'), `Metadata-Version: 2.1\nName: evals\nVersion: ${version}\n`);
  }

  test('is used as it is when it has evals', async () => {
    addEvals(packages, '3.0.1');
    const expected = {
      python: venv,
      pythonVersion: python('import platform; print(platform.python_version())', venv),
      evalsVersion: '3.0.1',
      installed: 'existing',
    };
    expect(await prepare(venv)).toEqual(expected);
    expect(await prepare('./user venv/bin/python')).toEqual(expected);
    const PATH = `nowhere:user venv/bin`;
    expect(await prepare('python', { env: { ...offline.env, PATH } })).toEqual(expected);
    expect(existsSync(join(directory, 'tools'))).toBe(false);
  });

  test('is heard in spite of what else it prints', async () => {
    addEvals(packages, '3.0.1');
    writeFileSync(
      join(packages, 'sitecustomize.py'),
      'import sys; sys.stdout.write("hello {"); sys.stderr.write("!")\n',
    );
    expect((await prepare(venv)).evalsVersion).toBe('3.0.1');
  });

  test('without evals is told how to get it', async () => {
    await expect(prepare(venv)).rejects.toMatchObject({
      code: 'EVALS_MISSING',
      next: expect.stringContaining(`evals-version: ${EVALS_VERSION}`),
    });
    // Nor is anything installed on top of it first.
    await expect(prepare(venv, { extraPackages: ['datasets'] })).rejects.toMatchObject({
      code: 'EVALS_MISSING',
    });
    expect(existsSync(join(directory, 'tools'))).toBe(false);
  });

  test('with another package called evals is told so', async () => {
    mkdirSync(join(packages, 'evals'));
    await expect(prepare(venv)).rejects.toMatchObject({
      code: 'EVALS_MISSING',
      message: expect.stringContaining(join(packages, 'evals')),
    });
  });

  test('finds a copy of evals on PYTHONPATH, not one in the current directory', async () => {
    addEvals(directory);
    await expect(prepare(venv)).rejects.toMatchObject({ code: 'EVALS_MISSING' });
    const env = { ...offline.env, PYTHONPATH: directory };
    expect(await prepare(venv, { env })).toMatchObject({ evalsVersion: 'unknown', installed: 'existing' });
  });

  test('is taken from behind a shim that only chooses it', async () => {
    addEvals(packages, '3.0.1');
    const shim = script('shim', `#!/bin/sh\nexec "${venv}" "$@"\n`);
    expect((await prepare(shim)).python).toBe(venv);
  });

  test('is started with the wrapper that gives it its evals', async () => {
    addEvals(join(directory, 'elsewhere'), '3.0.1');
    const wrapper = script(
      'wrapper',
      `#!/bin/sh\nPYTHONPATH="${join(directory, 'elsewhere')}" exec "${venv}" "$@"\n`,
    );
    expect(await prepare(wrapper)).toMatchObject({ python: wrapper, evalsVersion: '3.0.1' });
  });

  test('gets extra packages on top of it, and stays as it is', async () => {
    addEvals(packages, '3.0.1');
    // An editable install: a folder named in a .pth file.
    const editable = join(directory, 'editable');
    mkdirSync(editable);
    writeFileSync(join(editable, 'from_checkout.py'), '');
    writeFileSync(join(packages, 'editable.pth'), `${editable}\n`);
    wheel('extra', '1.0', { 'extra.py': '' }, ['evals>=3']);
    const before = readdirSync(packages).sort();

    const first = await prepare(venv, { extraPackages: ['extra'] });
    expect(first).toMatchObject({ evalsVersion: '3.0.1', installed: 'created' });
    const found = python(
      'import extra, from_checkout, importlib.util as u; print(u.find_spec("evals").origin)',
      first.python,
    );
    expect(found).toBe(join(packages, 'evals/__init__.py'));
    expect(readdirSync(packages).sort()).toEqual(before);

    expect(await prepare(venv, { extraPackages: ['# again', 'extra'] })).toEqual({
      ...first,
      installed: 'reused',
    });
  });
});

describe('a locked list', () => {
  const installers = [
    { name: 'pip', with: () => offline },
    { name: 'uv', with: () => offlineUv(uv ?? '') },
  ].filter(({ name }) => name === 'pip' || uv !== undefined);

  describe.each(installers)('with $name', (installer) => {
    test('is installed once, with what is in the list only, and used again', async () => {
      const lock = smallEvals();
      const surroundings = installer.with();
      const log = recordingLog();
      const first = await installSmall(lock, surroundings, log);
      expect(first.installed).toBe('created');
      expect(log.lines[0]).toBe(`group: Install evals 1.0 (${installer.name})`);
      expect(log.lines).toContainEqual(expect.stringMatching(/^child: .*evals.*1\.0/));
      expect(python('import evals; print(evals.__file__)', first.interpreter.path)).toContain(
        join(directory, 'tools/oaievalset-action/evals-1.0-py3.'),
      );

      const again = recordingLog();
      expect(await installSmall(lock, surroundings, again)).toEqual({ ...first, installed: 'reused' });
      expect(again.lines).toEqual([]);
    });

    test('refuses a file with another hash, and leaves nothing behind', async () => {
      const lock = smallEvals();
      wheel('evals', '1.0', { 'evals/__init__.py': 'tampered = True' });
      await expect(installSmall(lock, installer.with())).rejects.toMatchObject({
        code: 'INSTALL_FAILED',
        next: expect.stringContaining('serves another file'),
      });
      expect(tools()).toEqual([]);
    });

    test('fails with the end of the output when there is nothing to install from', async () => {
      const lock = smallEvals();
      rmSync(join(directory, 'wheels'), { recursive: true });
      mkdirSync(join(directory, 'wheels'));
      const log = recordingLog();
      await expect(installSmall(lock, installer.with(), log)).rejects.toMatchObject({
        code: 'INSTALL_FAILED',
        message: expect.stringMatching(/ended with code \d+\.\n(.*\n)*.*evals/),
        next: expect.stringContaining('PIP_INDEX_URL'),
      });
      expect(log.lines).toContainEqual(expect.stringMatching(/^child: .*evals/));
    });
  });

  test('that changed is another venv, and a broken venv is made anew', async () => {
    const lock = smallEvals();
    const first = await installSmall(lock, fastest());
    const changed = await installSmall({ ...lock, text: `${lock.text}#\n` }, fastest());
    expect(changed.installed).toBe('created');
    rmSync(first.interpreter.path);
    const repaired = await installSmall(lock, fastest());
    expect(repaired.installed).toBe('created');
    expect(repaired.interpreter.path).not.toBe(first.interpreter.path);
    expect(await installSmall(lock, fastest())).toEqual({ ...repaired, installed: 'reused' });
  });

  test('is not taken for good when evals does not import', async () => {
    const lock = smallEvals('import nowhere_to_be_found');
    await expect(installSmall(lock, fastest())).rejects.toMatchObject({
      code: 'INSTALL_FAILED',
      message: expect.stringContaining("No module named 'nowhere_to_be_found'"),
    });
    expect(tools()).toEqual([]);
  });

  test('is installed for two jobs at once', async () => {
    const lock = smallEvals();
    const both = await Promise.all([installSmall(lock, fastest()), installSmall(lock, fastest())]);
    for (const { interpreter } of both) python('import evals.cli.oaieval', interpreter.path);
    expect((await installSmall(lock, fastest())).installed).toBe('reused');
  });

  test('is installed whatever the job says about where Python and pip put things', async () => {
    const lock = smallEvals();
    const target = join(directory, 'target');
    const other = join(directory, 'other');
    mkdirSync(join(other, 'evals-1.0.dist-info'), { recursive: true });
    writeFileSync(
      join(other, 'evals-1.0.dist-info/METADATA'),
      'Metadata-Version: 2.1\nName: evals\nVersion: 1.0\n',
    );
    const env = { ...offline.env, PIP_TARGET: target, PIP_USER: '1', PYTHONPATH: other };
    const { interpreter } = await installSmall(lock, { ...offline, env });
    python('import evals.cli.oaieval', interpreter.path);
    expect(existsSync(target)).toBe(false);
  });

  test('falls back to pip when uv is on PATH and does not work', async () => {
    writeFileSync(join(directory, 'empty/uv'), '#!/bin/sh\nexit 127\n', { mode: 0o755 });
    const log = recordingLog();
    await installSmall(smallEvals(), offline, log);
    expect(log.lines[0]).toBe('group: Install evals 1.0 (pip)');
  });
});

describe('extra packages on a locked list', () => {
  test('see it, may depend on evals, and cannot change a version of it', async () => {
    const lower = (await installSmall(smallEvals(), fastest())).interpreter;
    wheel('evals', '2.0', { 'evals/__init__.py': '' });
    wheel('own', '1.0', { 'own.py': 'import evals.cli.oaieval' }, ['evals']);
    wheel('wants_newer', '1.0', {}, ['evals>=2']);

    const layer = await installExtraPackages(['own'], lower, offline, recordingLog());
    expect(python('import own, evals; print(evals.__file__)', layer.interpreter.path)).toBe(
      python('import evals; print(evals.__file__)', lower.path),
    );
    expect(layer.interpreter.evals).toEqual({ state: 'installed', version: '1.0' });
    const requires = 'import importlib.metadata as m; print(m.requires("evals"))';
    expect(python(requires, layer.interpreter.path)).toBe("['nowhere-to-be-found']");

    await expect(installExtraPackages(['wants_newer'], lower, offline, recordingLog())).rejects.toMatchObject(
      {
        code: 'INSTALL_FAILED',
        next: expect.stringContaining('another version of a package'),
      },
    );
    expect(python('import importlib.metadata as m; print(m.version("evals"))', lower.path)).toBe('1.0');
  });

  test('from a path are installed anew each time', async () => {
    const lower = (await installSmall(smallEvals(), fastest())).interpreter;
    const install = () => {
      wheel('own', '1.0', { 'own.py': `print("${Math.random()}")` });
      return installExtraPackages(['./wheels/own-1.0-py3-none-any.whl'], lower, offline, recordingLog());
    };
    const first = await install();
    const second = await install();
    expect(second.installed).toBe('created');
    expect(python('import own', second.interpreter.path)).not.toBe(
      python('import own', first.interpreter.path),
    );
  });
});

test.skipIf(uv === undefined)('the lock of the action installs, imports, and is used again', async () => {
  const env = { ...usual, RUNNER_TOOL_CACHE: join(directory, 'tools') };
  const request = { evalsVersion: EVALS_VERSION, env };
  const created = await prepare(realPython, request);
  expect(created).toMatchObject({ evalsVersion: EVALS_VERSION, installed: 'created' });
  const suites = [
    'basic.match',
    'modelgraded.classify',
    'ballots.eval',
    'bluff.eval',
    'translate',
    'skill_acquisition.eval',
  ];
  const imports = suites.map((suite) => `import evals.elsuite.${suite}`).join('\n');
  python(imports, created.python, { ...env, OPENAI_API_KEY: 'unused' });
  expect(await prepare(realPython, request)).toEqual({ ...created, installed: 'reused' });
});
