import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** Checks with the real `oaievalset` whether it can load a progress file. */
export class ProgressChecker {
  readonly #child;
  readonly #lines;

  constructor(python: string) {
    const program = [
      'import contextlib, io, sys',
      'from evals.cli.oaievalset import Progress',
      'for path in sys.stdin:',
      '    try:',
      '        with contextlib.redirect_stdout(io.StringIO()):',
      '            Progress(path.strip()).load()',
      '        print("", flush=True)',
      '    except Exception as error:',
      '        print(type(error).__name__, str(error).replace("\\n", " "), flush=True)',
    ].join('\n');
    this.#child = spawn(python, ['-c', program], {
      env: { ...process.env, OPENAI_API_KEY: 'unused' },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#lines = createInterface({ input: this.#child.stdout });
  }

  /** @returns the error, or an empty string if oaievalset can load the file */
  async load(path: string): Promise<string> {
    if (!existsSync(path)) return '';
    const reply = once(this.#lines, 'line');
    this.#child.stdin.write(`${path}\n`);
    return String((await reply)[0]);
  }

  stop(): void {
    this.#child.kill();
  }
}
