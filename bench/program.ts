import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A program of this repository that runs in its own process and replies to messages with messages. */
export class Program {
  readonly #path: string;
  readonly #child: ChildProcess;

  /** @param path relative to this folder */
  constructor(path: string, args: readonly string[] = []) {
    this.#path = path;
    this.#child = fork(join(import.meta.dirname, path), [...args]);
  }

  /** Resolves with the next message that the program sends. */
  async message<T>(): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const ended = (code: number | null) =>
      reject(new Error(`${this.#path} exited with code ${code} before it sent a message.`));
    this.#child.once('message', resolve as (message: unknown) => void).once('exit', ended);
    return await promise.finally(() => this.#child.off('message', resolve).off('exit', ended));
  }

  /** Sends a message and resolves with the reply. */
  async ask<T>(message: string): Promise<T> {
    const reply = this.message<T>();
    this.#child.send(message);
    return await reply;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }
}
