import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, sep } from 'node:path';

/**
 * Identifies the interpreter at this absolute path without starting it, by its path, its real path and its size.
 * @returns undefined for a script or a shim (of pyenv, asdf, mise). It chooses an interpreter by its own files and variables,
 *   and only running it shows which one.
 */
export async function identifyInterpreter(path: string): Promise<unknown> {
  const real = await realpath(path);
  if ([path, real].some(isShim)) return undefined;
  // A program with another name may choose an interpreter by the name of the link that starts it.
  if (!INTERPRETER.test(basename(real))) return undefined;
  const { magic, size } = readMagic(real);
  return BINARIES.includes(magic) ? [path, real, size] : undefined;
}

const INTERPRETER = /^(python|pypy|graalpy)(\d+(\.\d+)*)?[a-z]?$/i;

/** ELF, and Mach-O for one processor or several. */
const BINARIES = ['7f454c46', 'feedface', 'feedfacf', 'cefaedfe', 'cffaedfe', 'cafebabe', 'cafebabf'];

/** On macOS, /usr/bin/python3 starts the Python of the selected Xcode. */
function isShim(path: string): boolean {
  return path.split(sep).includes('shims') || (process.platform === 'darwin' && path.startsWith('/usr/bin/'));
}

function readMagic(path: string): { magic: string; size: number } {
  // Opening a pipe must not wait for a writer.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const head = Buffer.alloc(4);
    readSync(file, head);
    return { magic: head.toString('hex'), size: fstatSync(file).size };
  } finally {
    closeSync(file);
  }
}
