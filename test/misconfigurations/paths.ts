/** Mistakes in inputs that are paths. All of them are found also by root, whom permissions do not bind. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Misconfiguration } from './misconfiguration.ts';

type Row = Omit<Misconfiguration, 'needsPlan'>;

const REGISTRY = { 'reg/eval_sets/own.yaml': 'own: { evals: [own] }\n' };
const link = (target: string) => (checkout: string) => symlinkSync(target, join(checkout, 'link'));

const workingDirectories: readonly Row[] = [
  {
    title: 'a working-directory of an empty workspace',
    inputs: { 'working-directory': 'nowhere' },
    says: `The input working-directory is "nowhere": there is no directory <checkout>/nowhere.
What to do: The workspace is empty: add a step with actions/checkout before this one. [INPUT_INVALID]`,
  },
  {
    title: 'a misspelt working-directory',
    inputs: { 'working-directory': 'project/evalz' },
    files: { 'project/evals/a': '' },
    says: `The input working-directory is "project/evalz": there is no directory <checkout>/project/evalz (did you mean project/evals?).
What to do: Correct the path. [INPUT_INVALID]`,
  },
  {
    title: 'a file as the working-directory',
    inputs: { 'working-directory': 'file' },
    files: { file: '' },
    says: `The input working-directory is "file": it is a file, not a directory.
What to do: Set working-directory to a directory of the checkout. [INPUT_INVALID]`,
  },
  {
    title: 'a working-directory below a file',
    inputs: { 'working-directory': 'file/a/b' },
    files: { file: '' },
    says: `The input working-directory is "file/a/b": <checkout>/file is a file, so nothing can be below it.
What to do: Set working-directory to a directory of the checkout. [INPUT_INVALID]`,
  },
  {
    title: 'a link to nothing as the working-directory',
    inputs: { 'working-directory': 'link' },
    prepare: link('gone'),
    says: `The input working-directory is "link": <checkout>/link is a link to gone, which does not exist.
What to do: Set working-directory to a directory of the checkout. [INPUT_INVALID]`,
  },
  {
    title: 'a link to itself as the working-directory',
    inputs: { 'working-directory': 'link' },
    prepare: link('link'),
    says: `The input working-directory is "link": its links lead in a circle.
What to do: Set working-directory to a directory of the checkout. [INPUT_INVALID]`,
  },
  {
    title: 'a device as the working-directory',
    inputs: { 'working-directory': '/dev/null' },
    says: `The input working-directory is "/dev/null": it is a device, not a directory.
What to do: Set working-directory to a directory of the checkout. [INPUT_INVALID]`,
  },
  {
    title: 'a working-directory with backslashes',
    inputs: { 'working-directory': 'a\\b' },
    files: { 'a/b/c': '' },
    says: `The input working-directory is "a\\\\b": there is no directory <checkout>/a\\b.
What to do: Write it as a/b. [INPUT_INVALID]`,
  },
];

const stateDirectories: readonly Row[] = [
  {
    title: 'a file as the state-directory',
    inputs: { 'state-directory': 'file' },
    files: { file: '' },
    says: `The input state-directory is "file": it is a file, not a directory.
What to do: Set state-directory to a directory that this job can create or write to. [INPUT_INVALID]`,
  },
  {
    title: 'a state-directory below a file',
    inputs: { 'state-directory': 'file/state' },
    files: { file: '' },
    says: `The input state-directory is "file/state": <checkout>/file is a file, so nothing can be below it.
What to do: Set state-directory to a directory that this job can create or write to. [INPUT_INVALID]`,
  },
  {
    title: 'a device as the state-directory',
    inputs: { 'state-directory': '/dev/null' },
    says: `The input state-directory is "/dev/null": it is a device, not a directory.
What to do: Set state-directory to a directory that this job can create or write to. [INPUT_INVALID]`,
  },
  {
    title: 'a state-directory below a device',
    inputs: { 'state-directory': '/dev/null/state' },
    says: `The input state-directory is "/dev/null/state": /dev/null is a device, so nothing can be below it.
What to do: Set state-directory to a directory that this job can create or write to. [INPUT_INVALID]`,
  },
  {
    title: 'a link to nothing as the state-directory',
    inputs: { 'state-directory': 'link' },
    prepare: link('gone'),
    says: `The input state-directory is "link": <checkout>/link is a link to gone, which does not exist.
What to do: Set state-directory to a directory that this job can create or write to. [INPUT_INVALID]`,
  },
  {
    title: 'a state-directory below a link to nothing',
    inputs: { 'state-directory': 'link/state' },
    prepare: link('gone'),
    says: `The input state-directory is "link/state": <checkout>/link is a link to gone, which does not exist.
What to do: Set state-directory to a directory that this job can create or write to. [INPUT_INVALID]`,
  },
  {
    title: 'a link to itself as the state-directory',
    inputs: { 'state-directory': 'link' },
    prepare: link('link'),
    says: `The input state-directory is "link": its links lead in a circle.
What to do: Set state-directory to a directory that this job can create or write to. [INPUT_INVALID]`,
  },
  {
    title: 'a named pipe as the state-directory',
    inputs: { 'state-directory': 'pipe' },
    prepare: (checkout) => void execFileSync('mkfifo', [join(checkout, 'pipe')]),
    says: `The input state-directory is "pipe": it is a named pipe, not a directory.
What to do: Set state-directory to a directory that this job can create or write to. [INPUT_INVALID]`,
  },
  {
    title: 'a state-directory with too long a name',
    inputs: { 'state-directory': 's'.repeat(300) },
    says: `The input state-directory is "sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss … (shortened, 302 bytes) … sssssssssssssssssssssssssssssssssssssssssssssssssssssss": it is too long for a path.
What to do: Set state-directory to a directory that this job can create or write to. [INPUT_INVALID]`,
  },
];

/** macOS has no such file systems. */
const systemDirectories: readonly Row[] = [
  {
    title: 'a state-directory in /proc',
    inputs: { 'state-directory': '/proc/x' },
    says: `The input state-directory is "/proc/x": /proc belongs to the system, which stores no files there.
What to do: Set state-directory to a directory that this job can create or write to. [INPUT_INVALID]`,
  },
  {
    title: 'a state-directory in /sys',
    inputs: { 'state-directory': '/sys/a/b' },
    says: `The input state-directory is "/sys/a/b": /sys belongs to the system, which stores no files there.
What to do: Set state-directory to a directory that this job can create or write to. [INPUT_INVALID]`,
  },
];

const registryPaths: readonly Row[] = [
  {
    title: 'a misspelt registry-path',
    inputs: { 'registry-path': 'regg' },
    files: REGISTRY,
    says: `The input registry-path is "regg": there is no directory <checkout>/regg (did you mean reg?).
What to do: Correct the path. [INPUT_INVALID]`,
  },
  {
    title: 'a registry-path that does not exist',
    inputs: { 'registry-path': 'somewhere/else' },
    files: REGISTRY,
    says: `The input registry-path is "somewhere/else": there is no directory <checkout>/somewhere/else.
What to do: Set registry-path to a directory that contains a directory evals or eval_sets. A relative path starts at working-directory. [INPUT_INVALID]`,
  },
  {
    title: 'a registry-path that is too deep',
    inputs: { 'registry-path': 'reg/eval_sets' },
    files: REGISTRY,
    says: `The input registry-path is "reg/eval_sets": it is too deep: a directory inside a registry.
What to do: Set registry-path to reg. [INPUT_INVALID]`,
  },
  {
    title: 'a registry-path that is not deep enough',
    inputs: { 'registry-path': 'project' },
    files: { 'project/reg/evals/own.yaml': '' },
    says: `The input registry-path is "project": it is no registry, but its directory reg is one.
What to do: Set registry-path to project/reg. [INPUT_INVALID]`,
  },
  {
    title: 'a file of a registry as the registry-path',
    inputs: { 'registry-path': 'reg/eval_sets/own.yaml' },
    files: REGISTRY,
    says: `The input registry-path is "reg/eval_sets/own.yaml": it is a file, not a directory.
What to do: Set registry-path to reg. [INPUT_INVALID]`,
  },
  {
    title: 'two registry paths in one line',
    inputs: { 'registry-path': 'reg,other' },
    files: { ...REGISTRY, 'other/evals/a.yaml': '' },
    says: `The input registry-path is "reg,other": there is no directory <checkout>/reg,other.
What to do: Write one path per line. [INPUT_INVALID]`,
  },
  {
    title: 'a registry-path with backslashes',
    inputs: { 'registry-path': 'project\\reg' },
    files: { 'project/reg/evals/own.yaml': '' },
    says: `The input registry-path is "project\\\\reg": there is no directory <checkout>/project\\reg.
What to do: Write it as project/reg. [INPUT_INVALID]`,
  },
  {
    title: 'a link to nothing as the registry-path',
    inputs: { 'registry-path': 'link' },
    prepare: link('gone'),
    says: `The input registry-path is "link": <checkout>/link is a link to gone, which does not exist.
What to do: Set registry-path to a directory that contains a directory evals or eval_sets. A relative path starts at working-directory. [INPUT_INVALID]`,
  },
  {
    title: 'a device as the registry-path',
    inputs: { 'registry-path': '/dev/zero' },
    says: `The input registry-path is "/dev/zero": it is a device, not a directory.
What to do: Set registry-path to a directory that contains a directory evals or eval_sets. A relative path starts at working-directory. [INPUT_INVALID]`,
  },
  {
    title: 'two wrong registry paths and a right one',
    inputs: { 'registry-path': 'reg\nmissing\nfile' },
    files: { ...REGISTRY, file: '' },
    says: `2 settings of this step are wrong, so no eval was run:
- The input registry-path has the line "missing": there is no directory <checkout>/missing. Set registry-path to a directory that contains a directory evals or eval_sets. A relative path starts at working-directory.
- The input registry-path has the line "file": it is a file, not a directory. Set registry-path to a directory that contains a directory evals or eval_sets. A relative path starts at working-directory.
What to do: Correct all of them. [INPUT_INVALID]`,
  },
];

const interpreters: readonly Row[] = [
  {
    title: 'a python that is not on PATH',
    inputs: { python: 'no-such-python' },
    says: `The input python is "no-such-python": there is no such program on PATH.
What to do: Add a step with actions/setup-python before this one, or set python to the path of an interpreter. [PYTHON_MISSING]`,
  },
  {
    title: 'a version as the python',
    inputs: { python: '3.12' },
    says: `The input python is "3.12": there is no such program on PATH.
What to do: To choose a version, set python-version: "3.12" in a step with actions/setup-python before this one, and remove the input python. [PYTHON_MISSING]`,
  },
  {
    title: 'a python that does not exist',
    inputs: { python: './no/such/python' },
    says: `The input python is "./no/such/python": there is no file <checkout>/no/such/python.
What to do: Add a step with actions/setup-python before this one, or set python to the path of an interpreter. [PYTHON_MISSING]`,
  },
  {
    title: 'a virtual environment as the python',
    inputs: { python: '.venv' },
    prepare: venv,
    says: `The input python is ".venv": there is no such program on PATH.
What to do: Set python to .venv/bin/python. [PYTHON_MISSING]`,
  },
  {
    title: 'the path of a virtual environment as the python',
    inputs: { python: './.venv/' },
    prepare: venv,
    says: `The input python is "./.venv/": it is a directory, not a program.
What to do: Set python to .venv/bin/python. [PYTHON_MISSING]`,
  },
  {
    title: 'a python that is not executable',
    inputs: { python: './python' },
    files: { python: '' },
    says: `The input python is "./python": it is not executable.
What to do: Make it executable, as with chmod +x, or set python to the path of an interpreter. [PYTHON_MISSING]`,
  },
  {
    title: 'a device as the python',
    inputs: { python: '/dev/null' },
    says: `The input python is "/dev/null": it is a device, not a program.
What to do: Add a step with actions/setup-python before this one, or set python to the path of an interpreter. [PYTHON_MISSING]`,
  },
  {
    title: 'a link to nothing as the python',
    inputs: { python: './link' },
    prepare: link('gone'),
    says: `The input python is "./link": <checkout>/link is a link to gone, which does not exist.
What to do: Add a step with actions/setup-python before this one, or set python to the path of an interpreter. [PYTHON_MISSING]`,
  },
];

const several: readonly Row[] = [
  {
    title: 'three paths at once',
    inputs: { 'registry-path': 'regg', python: './python', 'state-directory': 'python' },
    files: { ...REGISTRY, python: '' },
    says: `3 settings of this step are wrong, so no eval was run:
- The input registry-path is "regg": there is no directory <checkout>/regg (did you mean reg?). Correct the path.
- The input python is "./python": it is not executable. Make it executable, as with chmod +x, or set python to the path of an interpreter.
- The input state-directory is "python": it is a file, not a directory. Set state-directory to a directory that this job can create or write to.
What to do: Correct all of them. [INPUT_INVALID]`,
  },
  {
    title: 'a wrong working-directory, from which the other paths start',
    inputs: { 'working-directory': 'gone', 'registry-path': 'reg', python: './python' },
    files: REGISTRY,
    says: `The input working-directory is "gone": there is no directory <checkout>/gone.
What to do: Set working-directory to a directory of the checkout. [INPUT_INVALID]`,
  },
];

/** With an interpreter that does not work, but is one by its name and its mode. */
function venv(checkout: string): void {
  mkdirSync(join(checkout, '.venv/bin'), { recursive: true });
  symlinkSync('/bin/sh', join(checkout, '.venv/bin/python'));
}

export const pathMistakes: readonly Misconfiguration[] = [
  workingDirectories,
  stateDirectories,
  process.platform === 'linux' ? systemDirectories : [],
  registryPaths,
  interpreters,
  several,
]
  .flat()
  .map((row) => ({ ...row, needsPlan: false }));
