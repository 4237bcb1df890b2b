/** File names are bytes. In text, each byte that is not UTF-8 is a lone surrogate, as in Python (PEP 383). */
import { isUtf8 } from 'node:buffer';
import { readdirSync } from 'node:fs';

/** A path in the form that Node.js opens: the text if it is valid, and otherwise its bytes. */
export function pathBytes(path: string): string | Buffer {
  if (path.isWellFormed()) return path;
  return Buffer.concat(Array.from(path, bytesOf));
}

function bytesOf(character: string): Buffer {
  const code = character.charCodeAt(0);
  const escaped = character.length === 1 && code >= 0xdc80 && code <= 0xdcff;
  return escaped ? Buffer.from([code - 0xdc00]) : Buffer.from(character);
}

/** The name of a file in the form that Python has. */
export function pathText(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString();
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = [1, 2, 3, 4].find(
      (each) => isUtf8(bytes.subarray(at, at + each)) && at + each <= bytes.length,
    );
    text += length ? bytes.toString('utf8', at, at + length) : String.fromCharCode(0xdc00 + (bytes[at] ?? 0));
    at += length ?? 1;
  }
  return text;
}

/** The names in a directory. Throws the errors of the file system. */
export function namesIn(path: string): string[] {
  return readdirSync(pathBytes(path), { encoding: 'buffer' }).map(pathText);
}
