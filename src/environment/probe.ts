import { z } from 'zod';
import { ActionError, reasonOf } from '../errors.ts';
import { duration } from '../model/format.ts';
import { spawnGroup } from '../process/group.ts';

/** What a Python interpreter reports about itself. */
export interface Interpreter {
  /** The absolute path that it was started with. */
  readonly path: string;
  /** The path that Python reports, which differs from `path` if that is a shim. Empty if Python does not know it. */
  readonly executable: string;
  /** `3.11.7` */
  readonly version: string;
  readonly major: number;
  readonly minor: number;
  /** `cpython`, `pypy`… */
  readonly implementation: string;
  /** The ABI that compiled packages must be built for, such as `cpython-311-x86_64-linux-gnu`. */
  readonly abi: string;
  readonly evals: InstalledEvals;
}

/** What `import evals` would find. `foreign` is a different package with the same name. */
export type InstalledEvals = z.infer<typeof EVALS>;

/** The working directory and the environment of a Python program. */
export interface ProcessContext {
  readonly workingDirectory: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * This program runs on Python 2.7 and later, so that an interpreter that is too old can report its version. It looks for evals
 * without importing it, which would take seconds. It does not look in the current directory, which is on sys.path only with `-c`.
 */
const PROBE = `
import json, os, sys
sys.path[:] = [entry for entry in sys.path if entry]
report = {
    "version": list(sys.version_info[:3]),
    "executable": sys.executable or "",
    "implementation": "",
    "abi": "",
    "evals": {"state": "missing"},
}
if sys.version_info >= (3, 8):
    import importlib.metadata, importlib.util, sysconfig
    report["implementation"] = sys.implementation.name
    report["abi"] = sysconfig.get_config_var("SOABI") or ""
    spec = importlib.util.find_spec("evals")
    places = [place for place in spec.submodule_search_locations or [spec.origin] if place] if spec else []
    if any(os.path.isfile(os.path.join(place, "cli", "oaieval.py")) for place in places):
        try:
            version = importlib.metadata.version("evals") or "unknown"
        except importlib.metadata.PackageNotFoundError:
            version = "unknown"
        report["evals"] = {"state": "installed", "version": version}
    elif places:
        report["evals"] = {"state": "foreign", "location": str(places[0])}
print("\\noaievalset-probe " + json.dumps(report))
`;

const EVALS = z.discriminatedUnion('state', [
  z.object({ state: z.literal('installed'), version: z.string() }),
  z.object({ state: z.literal('missing') }),
  z.object({ state: z.literal('foreign'), location: z.string() }),
]);

const REPORT = z.object({
  version: z.tuple([z.int(), z.int(), z.int()]),
  executable: z.string(),
  implementation: z.string(),
  abi: z.string(),
  evals: EVALS,
});

/** An interpreter needs a fraction of a second. A program that is none, such as a server, may never end. */
const MAX_PROBE_MS = 120_000;

/**
 * Runs the interpreter at this absolute path and reads what it reports about itself.
 *
 * @throws ActionError PYTHON_MISSING when it cannot be started, does not end, fails, or prints something else.
 */
export async function probe(
  path: string,
  context: ProcessContext,
  maxMs: number = MAX_PROBE_MS,
): Promise<Interpreter> {
  let report: z.infer<typeof REPORT> | undefined;
  let lastLine = '(nothing)';
  const running = spawnGroup(path, ['-c', PROBE], {
    cwd: context.workingDirectory,
    env: context.env,
    onLine(line) {
      report ??= parseReport(line);
      if (line.trim() !== '') lastLine = line.trim().slice(0, 300);
    },
  });
  let isTooLate = false;
  const timer = setTimeout(() => {
    isTooLate = true;
    running.signal('SIGKILL');
  }, maxMs);
  const { code, signal } = await running.exit
    .catch((error: unknown) => {
      throw notWorking(path, `it could not be started: ${reasonOf(error)}`, error);
    })
    .finally(() => clearTimeout(timer));
  if (isTooLate) throw notWorking(path, `it did not end within ${duration(maxMs)}`);
  if (signal !== null) throw notWorking(path, `it was killed by ${signal}: ${lastLine}`);
  if (code !== 0) throw notWorking(path, `it exited with code ${code}: ${lastLine}`);
  if (!report) throw notWorking(path, `it printed ${lastLine}`);
  const { version, ...rest } = report;
  return { ...rest, path, version: version.join('.'), major: version[0], minor: version[1] };
}

/** Reads the line of the probe. A sitecustomize or a wrapper may print other lines. */
function parseReport(line: string): z.infer<typeof REPORT> | undefined {
  const json = /^oaievalset-probe (.*)$/.exec(line)?.[1];
  if (json === undefined) return undefined;
  try {
    return REPORT.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}

function notWorking(path: string, reason: string, cause?: unknown): ActionError {
  return new ActionError(
    'PYTHON_MISSING',
    `\`${path}\` does not work as a Python interpreter: ${reason}`,
    'Add a step with actions/setup-python before this one, or set `python` to an interpreter that works.',
    { cause },
  );
}
