/** A machine without a package index, for tests that find Python or install packages from the folder `wheels`. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findInterpreter, onPath } from '../../src/environment/interpreter.ts';
import type { LockedPackages } from '../../src/environment/locked-packages.ts';
import { installCore } from '../../src/environment/locked-venv.ts';
import { type EnvironmentRequest, prepareEnvironment } from '../../src/environment/prepare-environment.ts';
import type { ProcessContext } from '../../src/environment/probe.ts';
import { recordingLog } from './builders.ts';
import { type Cleanup, temporaryDirectory } from './temporary-directory.ts';

const { OPENAI_API_KEY: _key, PYTHONPATH: _path, ...usual } = process.env;
const here = { workingDirectory: import.meta.dirname, env: usual };

/** The environment of the tests, without an API key and without PYTHONPATH. */
export const usualEnv: NodeJS.ProcessEnv = usual;
export const uv = await onPath('uv', here);
export const realPython = (await findInterpreter(process.env.EVALS_TEST_PYTHON || 'python3', here)).path;

export class OfflineMachine {
  readonly directory: string;
  readonly offline: ProcessContext;

  /** @param cleanup the context of the test. A concurrent test has to pass it. */
  constructor(cleanup?: Cleanup) {
    this.directory = temporaryDirectory(cleanup);
    for (const name of ['wheels', 'empty']) mkdirSync(join(this.directory, name));
    this.offline = {
      workingDirectory: this.directory,
      env: {
        ...usual,
        PATH: join(this.directory, 'empty'),
        RUNNER_TOOL_CACHE: join(this.directory, 'tools'),
        PIP_NO_INDEX: '1',
        PIP_FIND_LINKS: join(this.directory, 'wheels'),
      },
    };
  }

  async prepare(python: string, more: Partial<EnvironmentRequest> = {}, log = recordingLog()) {
    return await prepareEnvironment(
      { python, evalsVersion: '', extraPackages: [], ...this.offline, ...more },
      log,
    );
  }

  script(name: string, text: string): string {
    const path = join(this.directory, name);
    writeFileSync(path, text);
    chmodSync(path, 0o755);
    return path;
  }

  /** Like `offline`, but with uv on PATH. */
  offlineUv(path: string): ProcessContext {
    const { env } = this.offline;
    const { PIP_NO_INDEX: UV_NO_INDEX, PIP_FIND_LINKS: UV_FIND_LINKS } = env;
    const bin = join(this.directory, 'bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'uv'), `#!/bin/sh\nexec "${path}" "$@"\n`, { mode: 0o755 });
    const own = {
      UV_NO_INDEX,
      UV_FIND_LINKS,
      UV_CACHE_DIR: join(this.directory, 'uv-cache'),
      UV_SYSTEM_PYTHON: '1',
    };
    return { ...this.offline, env: { ...env, ...own, PATH: `${bin}:/usr/bin:/bin` } };
  }

  /** For tests whose result is the same with every installer: uv, or on a machine without uv a stand-in for it. */
  fastest(): ProcessContext {
    return this.offlineUv(uv ?? this.script('uv-stand-in', UV_STAND_IN));
  }

  /** Writes a script that responds to the probe like another version of Python. */
  pretender(version: string, evals: object = { state: 'missing' }): string {
    const numbers = version.split('.').map(Number);
    const answer = { version: numbers, executable: '', implementation: 'cpython', abi: 'cpython', evals };
    return this.script(`python-${version}`, `#!/bin/sh\necho 'oaievalset-probe ${JSON.stringify(answer)}'\n`);
  }

  /** Writes a wheel into the folder `wheels`. @returns its SHA-256 */
  wheel(name: string, version: string, files: Record<string, string>, requires: string[] = []): string {
    const info = `${name}-${version}.dist-info`;
    const metadata = ['Metadata-Version: 2.1', `Name: ${name}`, `Version: ${version}`];
    metadata.push(...requires.map((requirement) => `Requires-Dist: ${requirement}`));
    const all: Record<string, string> = {
      ...files,
      [`${info}/METADATA`]: `${metadata.join('\n')}\n`,
      [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    };
    all[`${info}/RECORD`] = [...Object.keys(all), `${info}/RECORD`].map((path) => `${path},,\n`).join('');
    const file = join(this.directory, 'wheels', `${name}-${version}-py3-none-any.whl`);
    const zip = `import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as archive:
    for path, text in json.loads(sys.argv[2]).items():
        archive.writestr(path, text)`;
    execFileSync(realPython, ['-c', zip, file, JSON.stringify(all)]);
    return createHash('sha256').update(readFileSync(file)).digest('hex');
  }

  /** Locked packages of which one looks like evals. Like evals, it requires a package that is not locked. */
  smallEvals(oaieval = ''): LockedPackages {
    const files = { 'evals/__init__.py': '', 'evals/cli/__init__.py': '', 'evals/cli/oaieval.py': oaieval };
    const text = `evals==1.0 --hash=sha256:${this.wheel('evals', '1.0', files, ['nowhere-to-be-found'])}\n`;
    return { evalsVersion: '1.0', text, groups: { core: ['evals'], imports: {} } };
  }

  async installSmall(packages: LockedPackages, context = this.offline, log = recordingLog()) {
    const user = await findInterpreter(realPython, context);
    return await installCore(packages, user, context, log);
  }

  tools(): string[] {
    return readdirSync(join(this.directory, 'tools/oaievalset-action'));
  }
}

/**
 * Does what the action asks uv for with the pip of the test's Python. Most of the time of an installation with pip is spent
 * on the venv's own pip, which uv does not need.
 */
const UV_STAND_IN = `#!/bin/sh
set -e
[ "$1" = --version ] && exec echo 'uv 0 (stand-in)'
shift 3 # --color never --no-progress
if [ "$1" = venv ]; then
  # venv --quiet --python PYTHON FOLDER
  exec "$4" -I -m venv --without-pip "$5"
fi
shift 2 # pip install
if [ "$1" = --quiet ]; then
  # --quiet --python PYTHON pip
  site=$("$3" -I -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  exec ln -s "$('${realPython}' -I -c 'import os, pip; print(os.path.dirname(pip.__file__))')" "$site/pip"
fi
# --python PYTHON OPTIONS
python=$2
shift 2
unset PYTHONPATH
exec '${realPython}' -I -m pip --disable-pip-version-check --python "$python" install --progress-bar off --no-compile "$@"
`;

/** What a Python program prints. */
export function python(code: string, interpreter = realPython, env: NodeJS.ProcessEnv = usual): string {
  return execFileSync(interpreter, ['-c', code], { encoding: 'utf8', env }).trim();
}
