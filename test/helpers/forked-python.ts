/**
 * Python programs in processes that are forked from one that has imported evals, which takes a second each time otherwise.
 * Each gets the working directory, the environment and the sys.path that a new process would have.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pythonProgram } from '../../src/environment/python-sources.ts';
import type { Planner } from '../../src/plan/planner.ts';
import { evalsPython } from './evals-venv.ts';

const SERVER = `
import json, os, runpy, sys, traceback

# As in a console script, and as __main__.py of the action makes it.
sys.path[0] = os.path.dirname(sys.executable)
usual_path = list(sys.path)
import evals.cli.oaieval
import yaml

def prepare(request):
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    own = [os.path.abspath(entry) for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    sys.path[:] = dict.fromkeys([usual_path[0], *own, *usual_path[1:]])
    sys.path_importer_cache.clear()
    sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for end, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(os.path.join(request["directory"], name), os.O_WRONLY | os.O_CREAT), end)
    sys.argv[:] = [request["program"], *request["args"]]

def run(request):
    try:
        prepare(request)
        if request["isModule"]:
            # Five times as fast, and with the same result for the files of evals: registry-text.test.ts.
            if yaml.__with_libyaml__:
                yaml.safe_load = lambda text: yaml.load(text, Loader=yaml.CSafeLoader)
            runpy.run_module(request["program"], run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(request["program"], run_name="__main__")
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(bool(end.code))
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)

def reap(options):
    try:
        while os.waitpid(-1, options)[0]:
            pass
    except ChildProcessError:
        pass

os.write(1, b"{}\\n")
while True:
    line = sys.stdin.buffer.readline()
    reap(os.WNOHANG)
    if not line:
        reap(0)
        os._exit(0)
    request = json.loads(line)
    if os.fork() == 0:
        # This process waits for the program, so that the first one can continue to serve.
        program = os.fork()
        if program == 0:
            run(request)
        _, status = os.waitpid(program, 0)
        os.write(1, json.dumps({"id": request["id"], "code": os.waitstatus_to_exitcode(status)}).encode() + b"\\n")
        os._exit(0)
`;

export interface ProgramResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface ProgramContext {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

export class ForkedPython {
  readonly python: string;
  readonly #server: ChildProcess;
  readonly #directory = mkdtempSync(join(realpathSync(tmpdir()), 'forked-python-'));
  readonly #running = new Map<string, PromiseWithResolvers<number>>();

  private constructor(python: string) {
    const { PYTHONPATH: _, ...env } = process.env;
    this.python = python;
    this.#server = spawn(python, ['-c', SERVER], {
      env: { ...env, OPENAI_API_KEY: 'unused' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
  }

  /** Of the interpreter that the tests use, if none is given. */
  static async start(python?: string): Promise<ForkedPython> {
    const forked = new ForkedPython(python ?? (await evalsPython()));
    await forked.#listen();
    return forked;
  }

  async #listen(): Promise<void> {
    const { stdout } = this.#server;
    if (!stdout) throw new Error('the process that forks programs has no output');
    const lines = createInterface({ input: stdout });
    const [ready] = await Promise.race([once(lines, 'line'), once(this.#server, 'exit')]);
    if (ready !== '{}') throw new Error(`Python cannot import evals: it ended with ${ready}`);
    lines.on('line', (line) => {
      const { id, code } = JSON.parse(line) as { id: string; code: number };
      this.#running.get(id)?.resolve(code);
    });
    this.#server.once('exit', () => {
      for (const { reject } of this.#running.values())
        reject(new Error('the process that forks programs has ended'));
    });
  }

  /** Runs a program of the action, as `pythonProgram` names it. */
  async #runProgram([program = '', ...args]: readonly string[], context: ProgramContext) {
    return await this.#run({ program, args, isModule: false, ...context });
  }

  /** Runs a module as `python -m` does. */
  async runModule(program: string, args: readonly string[], context: ProgramContext): Promise<ProgramResult> {
    return await this.#run({ program, args, isModule: true, ...context });
  }

  planner(context: ProgramContext): Planner {
    return {
      plan: async (requestFile, planFile) => {
        const program = pythonProgram('plan', '--request', requestFile, '--output', planFile);
        const { code, stderr } = await this.#runProgram(program, context);
        return code === 0
          ? undefined
          : { why: `${this.python} ended with exit code ${code}`, printed: stderr };
      },
    };
  }

  async close(): Promise<void> {
    const ended = once(this.#server, 'exit');
    this.#server.stdin?.end();
    await ended;
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #run(request: object): Promise<ProgramResult> {
    const id = randomUUID();
    const directory = mkdtempSync(join(this.#directory, 'run-'));
    const ended = Promise.withResolvers<number>();
    this.#running.set(id, ended);
    this.#server.stdin?.write(`${JSON.stringify({ ...request, id, directory })}\n`);
    const code = await ended.promise;
    this.#running.delete(id);
    const [stdout = '', stderr = ''] = ['stdout', 'stderr'].map((name) =>
      readFileSync(join(directory, name), 'utf8'),
    );
    return { code, stdout, stderr };
  }
}
