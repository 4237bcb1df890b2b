/**
 * Lines of files that others write: they end at `\n`, and at nothing else, as Python ends those that it writes. Not
 * node:readline: it also ends them at U+2028, U+2029 and a lone `\r`, which JSON may hold unescaped.
 */
import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';

/** One line, without its newline. Valid until the next one is asked for. */
export interface Line {
  readonly bytes: Buffer;
  /** Where it begins, in bytes from the start of the file. */
  readonly offset: number;
  /** Whether its newline is there; only the last line of a file may lack it. */
  readonly ended: boolean;
}

/** A line is longer than any that the writer of the file makes. */
export class LineTooLong extends Error {
  override readonly name = 'LineTooLong';

  constructor(longest: number) {
    super(`a line of it is longer than ${longest} bytes`);
  }
}

const CHUNK = 1 << 20;
const NEWLINE = 10;

/**
 * The lines of a file, without waiting.
 * @param longest in bytes
 * @throws LineTooLong when a line is longer; no more than that is held in memory
 */
export function* linesOfFileSync(path: string, longest: number): Generator<Line> {
  const file = openSync(path, 'r');
  try {
    const splitter = new Splitter(longest);
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK, fstatSync(file).size + 1));
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk))
      yield* splitter.add(chunk.subarray(0, read));
    yield* splitter.rest();
  } finally {
    closeSync(file);
  }
}

/** The same, a piece at a time: other work goes on in between. */
export async function* linesOfFile(path: string, longest: number): AsyncGenerator<Line> {
  const splitter = new Splitter(longest);
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK })) yield* splitter.add(chunk);
  yield* splitter.rest();
}

/** The lines of a text, one at a time: a list of them could be larger than the text. */
export function* linesOfText(text: string): Generator<{ readonly line: string; readonly ended: boolean }> {
  let from = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
    yield { line: text.slice(from, end), ended: true };
    from = end + 1;
  }
  if (from < text.length) yield { line: text.slice(from), ended: false };
}

class Splitter {
  readonly #longest: number;
  /** Pieces of the line that has not ended. */
  #pending: Buffer[] = [];
  #length = 0;
  #offset = 0;

  constructor(longest: number) {
    this.#longest = longest;
  }

  *add(chunk: Buffer): Generator<Line> {
    let from = 0;
    for (let newline = chunk.indexOf(NEWLINE); newline >= 0; newline = chunk.indexOf(NEWLINE, from)) {
      const bytes = this.#joined(chunk.subarray(from, newline));
      yield { bytes, offset: this.#offset, ended: true };
      this.#offset += bytes.length + 1;
      from = newline + 1;
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from));
  }

  *rest(): Generator<Line> {
    if (this.#length === 0) return;
    yield { bytes: this.#joined(Buffer.alloc(0)), offset: this.#offset, ended: false };
  }

  #joined(end: Buffer): Buffer {
    if (this.#length + end.length > this.#longest) throw new LineTooLong(this.#longest);
    if (this.#length === 0) return end;
    const line = Buffer.concat([...this.#pending, end]);
    this.#pending = [];
    this.#length = 0;
    return line;
  }

  /** A copy: the chunk is used again. */
  #keep(piece: Buffer): void {
    this.#length += piece.length;
    if (this.#length > this.#longest) throw new LineTooLong(this.#longest);
    this.#pending.push(Buffer.from(piece));
  }
}
