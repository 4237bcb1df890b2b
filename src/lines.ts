/**
 * Reads the lines of files. Lines end only at `\n`, as in Python. It does not use node:readline, which also ends lines at U+2028,
 * U+2029 and a lone `\r`, which JSON may contain unescaped.
 */
import { closeSync, fstatSync, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';

/** One line, without its newline. It is valid until the next one is requested. */
export interface Line {
  readonly bytes: Buffer;
  /** Start of the line, in bytes from the start of the file. */
  readonly offset: number;
  /** Whether the line has its newline. Only the last line of a file may have none. */
  readonly ended: boolean;
}

/** A line is longer than the writer of the file ever makes one. */
export class LineTooLong extends Error {
  override readonly name = 'LineTooLong';

  constructor(maxBytes: number) {
    super(`a line of it is longer than ${maxBytes} bytes`);
  }
}

const CHUNK_BYTES = 1 << 20;
const NEWLINE = 10;

/**
 * Reads the lines of a file synchronously.
 * @param maxBytes of one line; memory never contains more of a line
 * @throws LineTooLong when a line is longer
 */
export function* linesOfFileSync(path: string, maxBytes: number): Generator<Line> {
  const file = openSync(path, 'r');
  try {
    yield* linesOf(file, fstatSync(file).size, maxBytes);
  } finally {
    closeSync(file);
  }
}

/** @param size of the file, in bytes */
function* linesOf(file: number, size: number, maxBytes: number): Generator<Line> {
  const splitter = new Splitter(maxBytes);
  const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size + 1));
  // Some file systems return fewer bytes than there are.
  for (let bytes = readSync(file, chunk); bytes > 0; bytes = readSync(file, chunk))
    yield* splitter.add(chunk.subarray(0, bytes));
  yield* splitter.rest();
}

/** Reads the lines of a file asynchronously, with the same parameters and errors. */
export async function* linesOfFile(path: string, maxBytes: number): AsyncGenerator<Line> {
  const file = openSync(path, 'r');
  try {
    for await (const lines of lineBatches(file, maxBytes)) yield* lines;
  } finally {
    closeSync(file);
  }
}

const readAsync = promisify(read);

/**
 * Reads the lines of an open file in batches, each of which must be read to its end before the next one is requested. To wait for each line
 * would take as long as to parse it.
 */
export async function* lineBatches(file: number, maxBytes: number): AsyncGenerator<Iterable<Line>> {
  const { size } = fstatSync(file);
  // To wait for another thread takes longer than to read a small file. A set may have thousands of them.
  if (size <= CHUNK_BYTES) {
    yield linesOf(file, size, maxBytes);
    return;
  }
  const splitter = new Splitter(maxBytes);
  const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size + 1));
  for (;;) {
    const { bytesRead } = await readAsync(file, chunk, 0, chunk.length, null);
    if (bytesRead === 0) break;
    yield splitter.add(chunk.subarray(0, bytesRead));
  }
  yield splitter.rest();
}

/** Yields the lines of a text one by one, because a list of all lines could be larger than the text. */
export function* linesOfText(text: string): Generator<{ readonly line: string; readonly ended: boolean }> {
  let from = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
    yield { line: text.slice(from, end), ended: true };
    from = end + 1;
  }
  if (from < text.length) yield { line: text.slice(from), ended: false };
}

class Splitter {
  readonly #maxBytes: number;
  /** Pieces of the line that has not ended yet. */
  #pending: Buffer[] = [];
  #length = 0;
  #offset = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  *add(chunk: Buffer): Generator<Line> {
    let from = 0;
    for (let newline = chunk.indexOf(NEWLINE); newline >= 0; newline = chunk.indexOf(NEWLINE, from)) {
      const bytes = this.#joined(chunk.subarray(from, newline));
      yield { bytes, offset: this.#offset, ended: true };
      this.#offset += bytes.length + 1;
      from = newline + 1;
    }
    if (from < chunk.length) this.#addPiece(chunk.subarray(from));
  }

  *rest(): Generator<Line> {
    if (this.#length === 0) return;
    yield { bytes: this.#joined(Buffer.alloc(0)), offset: this.#offset, ended: false };
  }

  #joined(end: Buffer): Buffer {
    if (this.#length + end.length > this.#maxBytes) throw new LineTooLong(this.#maxBytes);
    if (this.#length === 0) return end;
    const line = Buffer.concat([...this.#pending, end]);
    this.#pending = [];
    this.#length = 0;
    return line;
  }

  /** Copies the piece, because its buffer is reused. */
  #addPiece(piece: Buffer): void {
    this.#length += piece.length;
    if (this.#length > this.#maxBytes) throw new LineTooLong(this.#maxBytes);
    this.#pending.push(Buffer.from(piece));
  }
}
