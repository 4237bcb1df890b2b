import type { ChildProcess } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import { CommandParser, type WorkflowCommand } from './workflow-commands.ts';

/** Reads the output of one phase as a runner does. */
export class StepOutput {
  readonly stdout: string[] = [];
  readonly stderr: string[] = [];
  readonly lines: string[] = [];
  readonly commands: WorkflowCommand[] = [];
  readonly groups: { title: string; lines: string[] }[] = [];
  onLine: (line: string) => void = () => {};
  readonly #parser = new CommandParser();
  readonly #waiting = new Set<{
    pattern: RegExp;
    resolve: (line: string) => void;
    reject: (error: Error) => void;
  }>();
  #group: { title: string; lines: string[] } | undefined;
  #ended = false;

  async read(child: ChildProcess, name: 'stdout' | 'stderr'): Promise<void> {
    const stream = child[name];
    if (!stream) return;
    const decoder = new StringDecoder('utf8');
    let rest = '';
    try {
      for await (const chunk of stream) {
        rest += decoder.write(chunk);
        // Like .NET's StreamReader.ReadLine, take a lone \r as the end of a line. One at the end may be half of \r\n.
        const parts = rest.split(/\r\n|\n|\r(?!$)/);
        rest = parts.pop() ?? '';
        for (const line of parts) this.#line(name, line);
      }
    } catch (error) {
      // The pipe was closed while an orphan still had it open.
      if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    }
    rest += decoder.end();
    if (rest !== '') for (const line of rest.replace(/\r$/, '').split('\r')) this.#line(name, line);
  }

  untilLine(pattern: RegExp): Promise<string> {
    const seen = this.lines.find((line) => pattern.test(line));
    if (seen !== undefined) return Promise.resolve(seen);
    if (this.#ended) return Promise.reject(this.#never(pattern));
    return new Promise((resolve, reject) => this.#waiting.add({ pattern, resolve, reject }));
  }

  end(): void {
    this.#ended = true;
    for (const { pattern, reject } of this.#waiting) reject(this.#never(pattern));
  }

  #never(pattern: RegExp): Error {
    return new Error(`No line of the output matched ${pattern}:\n${this.lines.join('\n')}`);
  }

  #line(stream: 'stdout' | 'stderr', line: string): void {
    this[stream].push(line);
    this.lines.push(line);
    const command = this.#parser.parse(line);
    if (command) this.#obey(command);
    else this.#group?.lines.push(line);
    for (const each of this.#waiting) {
      if (!each.pattern.test(line)) continue;
      this.#waiting.delete(each);
      each.resolve(line);
    }
    this.onLine(line);
  }

  #obey(command: WorkflowCommand): void {
    this.commands.push(command);
    if (command.name === 'group') {
      this.#group = { title: command.data, lines: [] };
      this.groups.push(this.#group);
    }
    if (command.name === 'endgroup') this.#group = undefined;
  }
}
