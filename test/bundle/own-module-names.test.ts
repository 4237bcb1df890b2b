/** Modules of the user's may have the names of modules of the action's Python package. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect } from 'vitest';
import { evalsPython } from '../helpers/evals-venv.ts';
import { logOf, TestMachine } from '../helpers/test-machine.ts';
import { testRows } from '../helpers/test-rows.ts';

let python = '';
beforeAll(async () => {
  python = await evalsPython();
});

const NAMES = ['plan', 'host', 'problems', 'basis', 'dependencies', 'registry', 'arguments', 'leash', 'wire'];

/** Prints sys.path and the modules of ours that are on it under a bare name. */
const CLASS = `
${NAMES.map((name) => `import ${name}`).join('\n')}
import json, os, sys
from evals.elsuite.basic.match import Match

class Named(Match):
    def run(self, recorder):
        theirs = [module.__file__ for module in (${NAMES.join(', ')})]
        scripts = os.path.dirname(sys.executable)
        print("names " + json.dumps(all(os.path.dirname(path) == os.path.dirname(__file__) for path in theirs)), flush=True)
        print("path " + json.dumps([sys.path[0] == scripts, [each for each in sys.path if "src/python" in each]]), flush=True)
        print("main " + json.dumps([os.path.basename(sys.modules["__main__"].__file__), sys.modules["__main__"].__spec__ is None]), flush=True)
        return super().run(recorder)
`;

describe.concurrent('modules named like ours', () => {
  testRows(1, ['warm', 'oaieval'])(
    'Python package: user modules named plan, host and problems are found by engine %s',
    async (engine, context) => {
      if (engine === 'warm' && process.platform !== 'linux') return context.skip();
      const machine = await TestMachine.make(context, {
        python,
        model: 'dummy',
        evalSet: 'named',
        inputs: { engine },
      });
      const project = join(machine.directory, 'project');
      for (const folder of ['modules', 'registry/evals', 'registry/eval_sets', 'registry/data/named'])
        mkdirSync(join(project, folder), { recursive: true });
      for (const name of NAMES) writeFileSync(join(project, `modules/${name}.py`), '');
      writeFileSync(join(project, 'modules/named.py'), CLASS);
      writeFileSync(join(project, 'registry/data/named/a.jsonl'), '{"input": "a", "ideal": "a"}\n');
      writeFileSync(
        join(project, 'registry/evals/named.yaml'),
        'named-one:\n  id: named-one.dev.v0\n  metrics: [accuracy]\nnamed-one.dev.v0:\n  class: named:Named\n  args:\n    samples_jsonl: named/a.jsonl\n',
      );
      writeFileSync(join(project, 'registry/eval_sets/named.yaml'), 'named:\n  evals: [named-one]\n');
      const result = await machine.run({
        cache: false,
        inputs: { 'working-directory': project, 'registry-path': 'registry' },
        env: { PYTHONPATH: join(project, 'modules') },
      });
      const log = logOf(result);
      expect(result.outputs, log).toMatchObject({ complete: 'true', fresh: '1' });
      expect(log).toContain('names true');
      expect(log).toContain('path [true, []]');
      expect(log).toContain('main ["oaieval", true]');
    },
  );
});
