/** Registry files are read with the same result as by evals' own parser, whichever parser is used. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PYTHON_PACKAGE } from '../../../src/environment/python-sources.ts';
import { evalsPython } from '../../helpers/evals-venv.ts';

let python = '';
let directory = '';
beforeAll(async () => {
  python = await evalsPython();
  directory = mkdtempSync(join(tmpdir(), 'registry-text-test-'));
}, 600_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Reads each file with both parsers. The result of a refused file is a word. */
const PROGRAM = `
import glob, json, os, sys
sys.path.insert(0, os.path.dirname(sys.argv[1]))
from oaievalset_action.registry_text import PLAIN, read_entries
import yaml

def ours(path, comes_with_evals):
    try:
        return repr(read_entries(path, comes_with_evals)[0])
    except Exception as error:
        return "refused"

def theirs(path):
    try:
        with open(path, "r", encoding="utf-8") as file:
            entries = yaml.safe_load(file)
        return repr(entries if isinstance(entries, dict) else None)
    except Exception as error:
        return "refused"

if len(sys.argv) == 3:
    paths = sorted(glob.glob(os.path.join(sys.argv[2], "*")))
    plain = [bool(PLAIN.fullmatch(open(path, encoding="utf-8", errors="replace").read())) for path in paths]
    results = [[os.path.basename(path), ours(path, False), theirs(path), is_plain] for path, is_plain in zip(paths, plain)]
else:
    import importlib.util
    folder = os.path.join(os.path.dirname(importlib.util.find_spec("evals").origin), "registry")
    kinds = ("evals", "eval_sets", "modelgraded", "completion_fns", "solvers")
    paths = [path for kind in kinds for path in glob.glob(os.path.join(folder, kind, "*.yaml"))]
    results = [[path, ours(path, True), theirs(path), True] for path in paths]
print(json.dumps(results))
`;

type Result = readonly [name: string, ours: string, theirs: string, plain: boolean];

async function resultsOf(...folder: string[]): Promise<Result[]> {
  const { stdout } = await promisify(execFile)(python, ['-c', PROGRAM, PYTHON_PACKAGE, ...folder], {
    maxBuffer: 1 << 28,
  });
  return JSON.parse(stdout) as Result[];
}

const accepted: Readonly<Record<string, string>> = {
  plain:
    'e:\n  id: e.dev.v0\ne.dev.v0:\n  class: a.b:C\n  args:\n    n: 1\n    words: some plain words\n# end\n',
  list: 's:\n  evals:\n    - one\n    - two.*\n',
  'escaped-emoji': '{"e.dev.v0": {"description": "\\ud83c\\udf4f", "class": "a:B"}}',
  'half-of-an-emoji': '{"e": {"d": "\\ud83c"}}',
  'escaped-slash': '{"e": {"d": "a\\/b"}}',
  'twice-the-same-key': 'e: { a: 1 }\ne: { a: 2 }\n',
  anchors: 'e: &x { a: 1 }\nf: *x\ng: { <<: *x, b: 2 }\n',
  'line-separators': 'e:\n  d: "a\u2028b\u2029c\u0085d"\n',
  'windows-lines': 'e:\r\n  a: 1\r\n  b: two\r\n',
  'old-mac-lines': 'e:\r  a: 1\r',
  folded: 'e:\n  d: >-\n    one\n    two\n\n    three\n',
  'numbers-and-dates':
    'e:\n  a: 010\n  b: 0o10\n  c: 12:30:45\n  d: 1_000\n  f: .5\n  g: 2024-01-02\n  h: yes\n  i: ~\n',
  'colons-in-words': 'e:\n  a: b:c:d\n  u: http://x/y\n',
  'a-byte-order-mark': '\ufeffe: { a: 1 }\n',
  empty: '',
  'only-a-list': '- a\n- b\n',
};

const refused: Readonly<Record<string, string | Buffer>> = {
  'tab-behind-a-colon': 'e:\n  a:\t1\n',
  'tab-in-front': 'e:\n\ta: 1\n',
  'a-control-character': 'e: "\u0001"\n',
  'not-utf-8': Buffer.from([0x65, 0x3a, 0x20, 0xe9, 0x0a]),
  'no-such-anchor': 'e: *x\n',
  unclosed: 'e: [1\n',
  'two-documents': '---\ne: 1\n---\nf: 2\n',
  'no-such-date': 'e: 2024-13-45\n',
  'a-tag': 'e: !!python/object:os.system {}\n',
};

describe('what evals makes of a registry file', () => {
  let found: Map<string, Result>;
  beforeAll(async () => {
    for (const [name, text] of Object.entries({ ...accepted, ...refused }))
      writeFileSync(join(directory, name), text);
    found = new Map((await resultsOf(directory)).map((result) => [result[0], result]));
  });

  test.for(Object.keys(accepted))('read_entries: %s is read as evals reads it', (name) => {
    const [, ours, theirs] = found.get(name) ?? [];
    expect(ours).toBe(theirs);
    expect(ours).not.toBe('refused');
  });

  test.for(Object.keys(refused))('read_entries: %s is refused, as evals refuses it', (name) => {
    const [, ours, theirs] = found.get(name) ?? [];
    expect([ours, theirs]).toEqual(['refused', 'refused']);
  });

  test('read_entries: the fast parser is used for plain text only', () => {
    const plain = [...found.values()].filter((result) => result[3]).map(([name]) => name);
    const expected = ['colons-in-words', 'empty', 'no-such-date', 'old-mac-lines', 'only-a-list', 'plain'];
    expect(plain.sort()).toEqual([...expected, 'windows-lines']);
  });
});

test('read_entries: both parsers make the same of all files that come with evals', async () => {
  const all = await resultsOf();
  expect(all.length).toBeGreaterThan(400);
  expect(all.filter(([, ours, theirs]) => ours !== theirs)).toEqual([]);
});
