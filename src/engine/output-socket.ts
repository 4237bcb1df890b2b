/**
 * The Unix socket that forked evals print to. The first line of each connection is the number of its eval. The rest is stdout
 * or stderr of that eval.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { reasonOf } from '../errors.ts';
import { readLines } from '../process/group.ts';
import { readRedraws } from '../process/redraws.ts';

/** No socket can be created on this machine. */
export class SocketUnavailable extends Error {}

export interface OutputReader {
  readonly onLine: (line: string) => void;
  readonly onRedraw?: ((line: string) => void) | undefined;
}

/** The output of one eval. */
export interface EvalOutput {
  /**
   * Settles when both streams have been read to their end. Call it when all processes that could write have ended: streams
   * that are still open `DRAIN_MS` later are cut.
   */
  drained(): Promise<void>;
  /** Cuts the connections of the eval. */
  close(): void;
}

/** The path of a Unix socket has at most 107 bytes on Linux and 103 elsewhere. Node truncates a longer path. */
const MAX_PATH_BYTES = 103;

/** The connections of an eval: its stdout and its stderr. */
const STREAMS = 2;

/** How long connections may outlive the processes of an eval, whose last output may still be in transit. */
const DRAIN_MS = 2000;

export class OutputSocket {
  /** The host passes it to the evals. */
  readonly path: string;
  readonly #server: Server;
  readonly #directory: string;
  readonly #outputs = new Map<number, ConnectedOutput>();

  private constructor(server: Server, directory: string, path: string) {
    this.path = path;
    this.#server = server;
    this.#directory = directory;
    server.on('connection', (socket) => this.#accept(socket));
  }

  /**
   * Listens in a new private directory, in the first of these places where that is possible.
   * @throws SocketUnavailable when it is possible in none of them
   */
  static async listen(places: readonly string[]): Promise<OutputSocket> {
    const reasons: string[] = [];
    for (const place of places) {
      let directory: string | undefined;
      try {
        directory = mkdtempSync(join(place, 'oaievalset-'));
        const path = join(directory, 'output');
        if (Buffer.byteLength(path) > MAX_PATH_BYTES)
          throw new Error(`${place} is too long for the path of a Unix socket`);
        return new OutputSocket(await listening(path), directory, path);
      } catch (error) {
        reasons.push(reasonOf(error));
        if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
      }
    }
    throw new SocketUnavailable(`no socket can be created for the output of evals (${reasons.join('; ')})`);
  }

  /** @param id the number in the first line of the connections of this eval */
  expect(id: number, reader: OutputReader): EvalOutput {
    const output = new ConnectedOutput(reader, () => this.#outputs.delete(id));
    this.#outputs.set(id, output);
    return output;
  }

  /** Accepts no more connections. Open connections are read to their end. */
  close(): void {
    this.#server.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #accept(socket: Socket): void {
    let head = Buffer.alloc(0);
    const onHead = (data: Buffer): void => {
      head = Buffer.concat([head, data]);
      const newline = head.indexOf(10);
      if (newline < 0) return;
      socket.off('data', onHead);
      socket.pause();
      const output = this.#outputs.get(Number.parseInt(head.toString('latin1', 0, newline), 10));
      if (!output) {
        socket.destroy();
        return;
      }
      const rest = head.subarray(newline + 1);
      if (rest.length > 0) socket.unshift(rest);
      output.connect(socket);
    };
    socket.on('data', onHead);
    socket.on('error', () => {});
  }
}

class ConnectedOutput implements EvalOutput {
  readonly #reader: OutputReader;
  readonly #forget: () => void;
  readonly #open = new Set<Socket>();
  readonly #allRead = Promise.withResolvers<void>();
  #streamsRead = 0;

  constructor(reader: OutputReader, forget: () => void) {
    this.#reader = reader;
    this.#forget = forget;
  }

  connect(socket: Socket): void {
    this.#open.add(socket);
    socket.once('close', () => {
      this.#open.delete(socket);
      this.#streamsRead += 1;
      if (this.#streamsRead === STREAMS) this.#allRead.resolve();
    });
    readLines(socket, this.#reader.onLine);
    if (this.#reader.onRedraw) readRedraws(socket, this.#reader.onRedraw);
    socket.resume();
  }

  async drained(): Promise<void> {
    const timer = setTimeout(() => this.close(), DRAIN_MS);
    await this.#allRead.promise;
    clearTimeout(timer);
    this.#forget();
  }

  close(): void {
    for (const socket of this.#open) socket.destroy();
    this.#allRead.resolve();
    this.#forget();
  }
}

async function listening(path: string): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return server;
}
