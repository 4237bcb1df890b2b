/** Models of API responses, which the openai package lets pydantic build when the first response needs them. */
import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { PYTHON_PACKAGE } from '../../../src/environment/python-sources.ts';
import { evalsPython } from '../../helpers/evals-venv.ts';

/**
 * Whenever a thread builds a model, the next thread makes a response. The first resumes when the other has ended or waits for
 * the lock. Three threads are needed for a failure: one that uses a model, while others build this one and the one it inherits.
 */
const PROGRAM = `
import json, sys, threading
sys.path.insert(0, sys.argv[1])
from oaievalset_action import response_models
response_models.install()
import openai, pydantic.main
from pydantic._internal import _model_construction

class Usage(openai.BaseModel):
    tokens: int

class Response(openai.BaseModel):
    usage: Usage

class Other(threading.Thread):
    def __init__(self):
        super().__init__()
        self.is_done = threading.Event()
    def run(self):
        make()
        self.is_done.set()

class ReportedLock:
    def __init__(self, lock):
        self.lock = lock
    def __enter__(self):
        if isinstance(threading.current_thread(), Other):
            threading.current_thread().is_done.set()
        self.lock.__enter__()
    def __exit__(self, *error):
        self.lock.__exit__(*error)

def make():
    try:
        made.append(Response.construct(usage={"tokens": 1}).usage.tokens)
    except Exception as error:
        made.append(repr(error))

def build(cls, *args, **options):
    if len(others) < 3:
        others.append(Other())
        others[-1].start()
        others[-1].is_done.wait()
    return usual_build(cls, *args, **options)

# pydantic 2.14 has a lock of its own.
owner, name = (pydantic.main, "_rebuild_lock") if hasattr(pydantic.main, "_rebuild_lock") else (response_models, "_lock")
setattr(owner, name, ReportedLock(getattr(owner, name)))
usual_build, _model_construction.complete_model_class = _model_construction.complete_model_class, build
made, others = [], []
make()
for other in others:
    other.join()
print(json.dumps(made))
`;

test('response models: threads make the first responses at the same time', async () => {
  const python = await evalsPython();
  const { stdout } = await promisify(execFile)(python, ['-c', PROGRAM, dirname(PYTHON_PACKAGE)], {
    env: { ...process.env, OPENAI_API_KEY: 'unused' },
  });
  expect(new Set(JSON.parse(stdout))).toEqual(new Set([1]));
});
