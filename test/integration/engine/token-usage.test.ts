/** The token usage in a final report: as evals adds it up where it can, and without an error where it cannot. */
import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { PYTHON_PACKAGE } from '../../../src/environment/python-sources.ts';
import { evalsPython } from '../../helpers/evals-venv.ts';

const DETAILS = { completion_tokens_details: { reasoning_tokens: 4 }, prompt_tokens_details: null };
const COUNTS = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
const CASES = {
  counts: [COUNTS, COUNTS],
  unknown: [{ ...COUNTS, total_tokens: null }, COUNTS],
  detailed: [{ ...COUNTS, ...DETAILS }, COUNTS],
  none: [null, null],
  some: [null, COUNTS],
  fewer: [{ prompt_tokens: 1 }, COUNTS],
  more: [COUNTS, { prompt_tokens: 1 }],
};

/** For each case, the final report that evals makes, or null where it fails, and the report that the action makes. */
const REPORTS = `
import json, sys
sys.path.insert(0, sys.argv[1])
import evals.cli.oaieval as oaieval
from oaievalset_action import api_clients_of_today
from types import SimpleNamespace

def report(usages):
    events = [SimpleNamespace(data={"usage": usage}) for usage in usages]
    result = {"accuracy": 1}
    try:
        oaieval.add_token_usage_to_result(result, SimpleNamespace(get_events=lambda kind: events))
    except (TypeError, KeyError):
        return None
    return result

cases = json.loads(sys.argv[2])
before = {name: report(usages) for name, usages in cases.items()}
api_clients_of_today.install()
print(json.dumps({name: [before[name], report(usages)] for name, usages in cases.items()}))
`;

test('token usage: is that of evals where it adds it up, and is reported where evals fails', async () => {
  const args = ['-c', REPORTS, dirname(PYTHON_PACKAGE), JSON.stringify(CASES)];
  const { stdout } = await promisify(execFile)(await evalsPython(), args, {
    env: { ...process.env, OPENAI_API_KEY: 'x' },
  });
  const report = (prompt: number, completion: number, total: number) => ({
    accuracy: 1,
    usage_prompt_tokens: prompt,
    usage_completion_tokens: completion,
    usage_total_tokens: total,
  });
  expect(JSON.parse(stdout)).toEqual({
    counts: [report(2, 4, 6), report(2, 4, 6)],
    unknown: [report(2, 4, 3), report(2, 4, 3)],
    // As evals reports a field that is null in every response.
    detailed: [null, { ...report(2, 4, 6), usage_prompt_tokens_details: 0 }],
    none: [null, { accuracy: 1 }],
    some: [null, report(1, 2, 3)],
    fewer: [
      { accuracy: 1, usage_prompt_tokens: 2 },
      { accuracy: 1, usage_prompt_tokens: 2 },
    ],
    more: [null, report(2, 2, 3)],
  });
});
