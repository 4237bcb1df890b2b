/** Which interpreter a program starts is told without starting it, or not at all. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { identifyInterpreter } from '../../../src/environment/interpreter-identity.ts';
import { planKey } from '../../../src/plan/plan-key.ts';

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'what-starts-test-')));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const ELF = Buffer.concat([Buffer.from('7f454c46', 'hex'), Buffer.alloc(100)]);
const real = program('real/bin/python3.11', ELF);

function program(name: string, content: string | Buffer): string {
  const path = join(directory, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content, { mode: 0o755 });
  return path;
}

function link(name: string, target: string): string {
  const path = join(directory, name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
  return path;
}

describe('what a program starts', () => {
  test('an interpreter is itself, and a link to one is both', async () => {
    expect(await identifyInterpreter(real)).toEqual([[real, real, ELF.length]]);
    const venv = link('venv/bin/python', real);
    expect(await identifyInterpreter(venv)).toEqual([[venv, real, ELF.length]]);
  });

  test.each([
    ['path', `exec '${real}' "$@"`],
    ['variables', `export PYTHONPATH="/more:$PYTHONPATH"\nMODE=fast\nexec "${real}" -X utf8 "$@"`],
    ['a trace', `set -eu\n# said $(for) the log\necho "$$" >> '/tmp/starts'\n\nexec ${real} "$@"`],
  ])('a script with nothing but a %s is its text and what it starts', async (name, lines) => {
    const path = program(`script/${name}`, `#!/bin/sh\n${lines}\n`);
    const told = await identifyInterpreter(path);
    expect(told).toEqual([
      [path, path, expect.stringMatching(/^[0-9a-f]{64}$/)],
      [real, real, ELF.length],
    ]);
    program(`script/${name}`, `#!/bin/sh\nexport MORE=1\n${lines}\n`);
    expect(await identifyInterpreter(path)).not.toEqual(told);
  });

  test('a script behind a script counts', async () => {
    const inner = program('inner', `#!/bin/sh\nexec ${real} "$@"\n`);
    const outer = program('outer', `#!/usr/bin/env bash\nexec ${inner} "$@"\n`);
    const told = await identifyInterpreter(outer);
    expect(told).toHaveLength(3);
    program('inner', `#!/bin/sh\nset -e\nexec ${real} "$@"\n`);
    expect(await identifyInterpreter(outer)).not.toEqual(told);
  });

  test.each([
    ['pyenv', `set -e\nprogram="\${0##*/}"\nexec "/root/.pyenv/libexec/pyenv" exec "$program" "$@"`],
    ['asdf', `# asdf-plugin: python 3.11.7\nexec asdf exec "python" "$@"`],
    ['a choice', `if [ -f .local ]; then exec /opt/other/python "$@"; fi\nexec ${real} "$@"`],
    ['a file', `. /etc/python-settings\nexec ${real} "$@"`],
    ['a command', `export PYTHONPATH=$(cat path)\nexec ${real} "$@"`],
    ['a variable', `export PYTHONPATH=$MODULES\nexec ${real} "$@"`],
    ['a choice in a line', `set -e; test -f x && exec /opt/other/python\nexec ${real} "$@"`],
    ['no path', `exec python3 "$@"`],
    ['itself', `exec '${join(directory, 'chooses/itself')}' "$@"`],
  ])('not told of a script that chooses by %s', async (name, lines) => {
    expect(await identifyInterpreter(program(`chooses/${name}`, `#!/bin/sh\n${lines}\n`))).toBeUndefined();
  });

  test('not told of programs that stand for others', async () => {
    expect(await identifyInterpreter(link('mise/python', program('bin/mise', ELF)))).toBeUndefined();
    expect(await identifyInterpreter(program('rye/shims/python3', ELF))).toBeUndefined();
    expect(await identifyInterpreter(program('gentoo/python-exec2c', ELF))).toBeUndefined();
    expect(
      await identifyInterpreter(program('other/python', '#!/usr/bin/perl\nexec "/bin/python3"\n')),
    ).toBeUndefined();
  });
});

describe('what a plan is asked of', () => {
  const asked = {
    model: 'dummy',
    evalSet: 'test-basic',
    args: [],
    registryPaths: [],
    todaysModels: true,
    sharesRegistry: true,
    python: real,
    evalsVersion: '',
    extraPackages: ['# of the project', 'datasets==3.6.0', 'pillow >= 10'],
    workingDirectory: directory,
    env: {},
  };

  test('is not known behind a shim', async () => {
    expect(await planKey(asked)).toMatchObject({ environment: { python: [[real, real, ELF.length]] } });
    const shim = program('shim', '#!/bin/sh\nexec pyenv exec python "$@"\n');
    expect(await planKey({ ...asked, python: shim })).toBeUndefined();
  });

  test.each(['./pkg', 'own @ git+https://example.com/own.git'])(
    'is not known with %s, which is installed again in every run',
    async (requirement) => {
      const extraPackages = [...asked.extraPackages, requirement];
      expect(await planKey({ ...asked, extraPackages })).toBeUndefined();
    },
  );
});
