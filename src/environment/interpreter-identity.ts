import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, sep } from 'node:path';

/** A script that starts Python is a few lines. */
const LONGEST_SCRIPT = 65536;

/** Of scripts that start scripts. */
const LONGEST_CHAIN = 4;

/**
 * What the program at this absolute path is, told without starting it: an interpreter, or scripts that do nothing but
 * start one.
 * @returns undefined when that cannot be told: a shim (pyenv's, asdf's, mise's) chooses by files and variables of its own
 */
export async function identifyInterpreter(path: string): Promise<unknown> {
  const chain: unknown[] = [];
  let next: string | undefined = path;
  while (next !== undefined && chain.length < LONGEST_CHAIN) {
    const real = await realpath(next);
    if ([next, real].some(isShim)) return undefined;
    const { head, size } = readHead(real);
    if (isBinary(head)) {
      // A program of another name chooses by the name it is called by.
      if (!INTERPRETER.test(basename(real))) return undefined;
      return [...chain, [next, real, size]];
    }
    if (size > LONGEST_SCRIPT) return undefined;
    chain.push([next, real, createHash('sha256').update(head).digest('hex')]);
    next = startedBy(head.toString('utf8'));
  }
  return undefined;
}

const INTERPRETER = /^(python|pypy|graalpy)(\d+(\.\d+)*)?[a-z]?$/i;

/** On a Mac /usr/bin/python3 starts that of the Xcode which is selected. */
function isShim(path: string): boolean {
  return path.split(sep).includes('shims') || (process.platform === 'darwin' && path.startsWith('/usr/bin/'));
}

function readHead(path: string): { head: Buffer; size: number } {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const buffer = Buffer.alloc(LONGEST_SCRIPT);
    return { head: buffer.subarray(0, readSync(file, buffer)), size: fstatSync(file).size };
  } finally {
    closeSync(file);
  }
}

/** ELF, and Mach-O for one processor or several. */
const BINARIES = ['7f454c46', 'feedface', 'feedfacf', 'cefaedfe', 'cffaedfe', 'cafebabe', 'cafebabf'];

function isBinary(head: Buffer): boolean {
  return BINARIES.includes(head.subarray(0, 4).toString('hex'));
}

const SHELL = /^#! *(\/usr)?\/bin\/(env +)?(ba|da|z|k)?sh( -[a-z]+)?$/;

/**
 * The lines of a script that decides nothing: it sets variables, prints, and ends in `exec` with one path. Of variables it
 * may use those that are told with the request, and no command's output.
 */
const HARMLESS = /^(#.*|((set|echo|printf|export|:)\b|[A-Za-z_]\w*=).*)?$/;
const EXEC = /^exec +(?:'(\/[^'$`\\]+)'|"(\/[^"$`\\]+)"|(\/[^\s'"$`\\;&|<>*?(]+))(?= |$)(.*)$/;
const UNKNOWN_VALUE = /`|\$(?!(PYTHONPATH|HOME)\b|\{(PYTHONPATH|HOME)[:}+-])|[;|(]|&&|\\$/;

function startedBy(script: string): string | undefined {
  const [first = '', ...rest] = script.trimEnd().split('\n');
  const last = EXEC.exec(rest.pop()?.trim() ?? '');
  if (!SHELL.test(first) || !last) return undefined;
  const lines = rest.map((line) => line.trim());
  const code = lines.filter((line) => !line.startsWith('#'));
  if (!lines.every((line) => HARMLESS.test(line))) return undefined;
  if ([...code, last[4] ?? ''].some((line) => UNKNOWN_VALUE.test(line.replaceAll(/\$[@$]/g, ''))))
    return undefined;
  return last[1] ?? last[2] ?? last[3];
}
