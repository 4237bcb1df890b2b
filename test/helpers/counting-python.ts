/** A Python that records each of its starts. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CountingPython {
  /** The path of the interpreter. */
  readonly python: string;
  starts(): number;
}

/**
 * A venv that has the packages of `python`, and a .pth file that runs with each start.
 * @param directory where the venv is created
 */
export function countingPython(directory: string, python: string): CountingPython {
  const [venv, log] = [join(directory, 'venv'), join(directory, 'starts')];
  execFileSync(python, ['-m', 'venv', '--without-pip', venv]);
  const counting = join(venv, 'bin/python');
  const [own, evals] = [counting, python].map((interpreter) =>
    execFileSync(interpreter, ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))'], {
      encoding: 'utf8',
    }).trim(),
  );
  const record = `file = open(${JSON.stringify(log)}, 'a'); file.write('started\\n'); file.close()`;
  writeFileSync(join(own ?? '', 'record-starts.pth'), `import site; ${record}\n${evals}\n`);
  return {
    python: counting,
    starts: () => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').length - 1 : 0),
  };
}
