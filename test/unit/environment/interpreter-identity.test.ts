/** An interpreter is identified without being started, or not at all. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { identifyInterpreter } from '../../../src/environment/interpreter-identity.ts';

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'interpreter-identity-test-')));
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

describe('identifyInterpreter', () => {
  test('identifyInterpreter: a binary is identified by its path, its real path and its size', async () => {
    expect(await identifyInterpreter(real)).toEqual([real, real, ELF.length]);
    const venv = link('venv/bin/python', real);
    expect(await identifyInterpreter(venv)).toEqual([venv, real, ELF.length]);
  });

  test.each([
    ['pyenv', `set -e\nprogram="\${0##*/}"\nexec "/root/.pyenv/libexec/pyenv" exec "$program" "$@"`],
    ['asdf', `# asdf-plugin: python 3.11.7\nexec asdf exec "python" "$@"`],
    ['nothing but a path', `exec '${real}' "$@"`],
  ])('identifyInterpreter: a script that chooses by %s is unknown', async (name, lines) => {
    expect(
      await identifyInterpreter(program(`scripts/${name}/python3`, `#!/bin/sh\n${lines}\n`)),
    ).toBeUndefined();
  });

  test('identifyInterpreter: programs that choose an interpreter by their own name or place are unknown', async () => {
    expect(await identifyInterpreter(link('mise/python', program('bin/mise', ELF)))).toBeUndefined();
    expect(await identifyInterpreter(program('rye/shims/python3', ELF))).toBeUndefined();
    expect(await identifyInterpreter(program('gentoo/python-exec2c', ELF))).toBeUndefined();
    expect(
      await identifyInterpreter(program('other/python', '#!/usr/bin/perl\nexec "/bin/python3"\n')),
    ).toBeUndefined();
  });
});
