/**
 * Compares the results of plain `oaievalset` and of the action: final reports, events in the record files, and requests, for
 * registry evals of every class that runs without the internet.
 *
 * Files that evals would download have stand-ins: tiktoken's ranks (fixtures/same-results/modules) and NLTK's data. All
 * other downloads fail, because the environment names a proxy that does not exist.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { completedRecordFile, statePaths } from '../../src/progress/paths.ts';
import type { Fault } from '../stand-ins/api-faults.ts';
import { knowledgeFrom } from '../stand-ins/knowledge.ts';
import { type ModelApiOptions, startModelApi } from '../stand-ins/model-api.ts';
import type { ModelRequest } from '../stand-ins/model-request.ts';
import { type EvalResult, isMeaningful, resultOf, withoutRandomNames } from './eval-results.ts';
import { evalsPython } from './evals-venv.ts';
import { type Cleanup, cleanupAfterAll, temporaryDirectory } from './temporary-directory.ts';
import { annotations, logOf, TestMachine } from './test-machine.ts';
import { LONG, type SOAK } from './test-rows.ts';

const run = promisify(execFile);

export const FIXTURES = join(import.meta.dirname, '../fixtures/same-results');
const REGISTRY = join(FIXTURES, 'registry');
const MODULES = join(FIXTURES, 'modules');
/** On a busy machine, starting Python this many times takes minutes. */
const TIMEOUT_MS = 1_800_000;
/** Where `oaieval` writes its record files. */
const RECORDS = '/tmp/evallogs';
/** With threads, there are more samples than evals runs at the same time by default. */
const maxSamples = ({ threads }: EvalSet): string[] => ['--max_samples', threads ? '12' : '2'];

export interface EvalSet {
  readonly evalSet: string;
  readonly model: string;
  readonly evals: number;
  /** Evals runs its default number of samples at the same time. Without this, it runs one. */
  readonly threads?: true;
}

/** Small sets of fixtures/same-results that need more than one model, one thread or a completion function. */
export const SETS = {
  threads: { evalSet: 'same-results-threads', model: 'gpt-3.5-turbo', evals: 6, threads: true },
  two: { evalSet: 'same-results-two', model: 'gpt-3.5-turbo,gpt-4', evals: 2 },
  three: { evalSet: 'same-results-three', model: 'gpt-3.5-turbo,gpt-4,gpt-3.5-turbo', evals: 3 },
  solver: { evalSet: 'same-results-solver', model: 'sandbagging/default/gpt-3.5-turbo', evals: 4 },
} as const satisfies Record<string, EvalSet>;

/** The results of a set, without values that differ in each run. */
interface Results {
  readonly evals: Readonly<Record<string, EvalResult>>;
  /** The path and the SHA-256 of the body of each request to a model, sorted. */
  readonly requests: readonly string[];
}

let python: string;
let scratch: string;
let api: ModelApiOptions;
let env: Readonly<Record<string, string>>;
const envOf = ({ threads }: EvalSet) => (threads ? env : { ...env, EVALS_THREADS: '1' });

/** Writes corpora without words. */
export function emptyNltkData(directory: string): string {
  const parts = ['noun', 'verb', 'adj', 'adv'];
  const files = {
    'corpora/wordnet': [
      ...['lexnames', 'cntlist.rev', 'index.sense'],
      ...parts.flatMap((part) => [`index.${part}`, `data.${part}`, `${part}.exc`]),
    ],
    'tokenizers/punkt_tab/english': [
      ...['abbrev_types.txt', 'collocations.tab', 'ortho_context.tab', 'sent_starters.txt'],
    ],
  };
  for (const [folder, names] of Object.entries(files)) {
    mkdirSync(join(directory, folder), { recursive: true });
    for (const name of names) writeFileSync(join(directory, folder, name), '');
  }
  return directory;
}

/**
 * Responds to requests that the stand-in alone would not serve well: some evals fail if the model does not stay in its role
 * as a voter, a gamemaster or a judge, and random names must not change an answer.
 */
function answerInRole({ body, model }: ModelRequest): Fault | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const text = JSON.stringify(body);
  const stable = withoutRandomNames(text);
  const hash = sha256(stable);
  const yes = hash < '6';
  if ('logit_bias' in body) return answer(yes ? 'yes' : 'no');
  if (text.includes('You must reply with a single digit: 1 for')) return answer(yes ? '1' : '0');
  if (stable !== text) return answer(`answer ${hash.slice(0, 8)}`);
  return undefined;

  function answer(content: string): Fault {
    const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }];
    const usage = { prompt_tokens: stable.length, completion_tokens: 1, total_tokens: stable.length + 1 };
    const id = `chatcmpl-${hash.slice(0, 29)}`;
    return {
      status: 200,
      body: { id, object: 'chat.completion', created: 1_700_000_000, model, choices, usage },
    };
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * The requests to models, sorted. Look-ups of models (`GET /v1/models`) are left out, because the warm engine does not need
 * them.
 */
function asked(requests: readonly ModelRequest[]): string[] {
  return requests
    .filter(({ method }) => method === 'POST')
    .map(({ path, body }) => `${path} ${sha256(withoutRandomNames(JSON.stringify(body) ?? ''))}`)
    .sort();
}

/** Runs `oaievalset <model> <set>`. */
async function plain(set: EvalSet): Promise<Results> {
  const { evalSet, model } = set;
  const server = await startModelApi(api);
  const { PATH, HOME, LANG } = process.env;
  const args = [model, evalSet, '--no-resume', '--registry_path', REGISTRY, ...maxSamples(set)];
  const records: string[] = [];
  try {
    const { stdout, stderr } = await run(join(dirname(python), 'oaievalset'), args, {
      env: {
        PATH: [dirname(python), PATH].join(delimiter),
        HOME,
        LANG,
        OPENAI_API_KEY: 'x',
        OPENAI_BASE_URL: server.url,
        ...envOf(set),
        PYTHONPATH: [MODULES, join(FIXTURES, 'plain-modules')].join(delimiter),
      },
      cwd: scratch,
      maxBuffer: Number.POSITIVE_INFINITY,
    });
    records.push(
      ...[...stderr.matchAll(/Final report: .*\. Logged to (\/tmp\/evallogs\/.*)$/gm)].map((m) => m[1] ?? ''),
    );
    expect(stdout).toContain('All done!');
    return {
      evals: Object.fromEntries(records.map((path) => resultOf(path))),
      requests: asked(server.requests),
    };
  } finally {
    // The name of the model is part of the path, and may contain `/`.
    for (const path of records) {
      const [own = ''] = relative(RECORDS, path).split('/');
      if (own !== '') rmSync(join(RECORDS, own), { recursive: true, force: true });
    }
    rmSync(statePaths('/tmp/oaievalset', model, evalSet).progressFile, { force: true });
    await server.close();
  }
}

async function action(
  context: Cleanup,
  set: EvalSet,
  inputs: Readonly<Record<string, string>>,
): Promise<Results> {
  const { evalSet, model } = set;
  const machine = await TestMachine.make(context, {
    python,
    model,
    evalSet,
    api,
    env: envOf(set),
    inputs: { 'registry-path': REGISTRY, args: maxSamples(set).join(' '), ...inputs },
  });
  const result = await machine.run({ cache: false });
  expect(result.exitCode, logOf(result)).toBe(0);
  // No annotation or log line says that evals ran without the warm engine.
  expect(annotations(result)).toEqual([]);
  expect(result.lines.filter((line) => /its own Python process/.test(line))).toEqual([]);
  const paths = statePaths(machine.stateDirectory, model, evalSet);
  return {
    evals: Object.fromEntries(
      machine.records().map((record) => resultOf(completedRecordFile(paths, record.eval))),
    ),
    requests: asked(machine.api.requests),
  };
}

/** Prepares what the comparisons of a file share. */
export function useSameResults(): void {
  const cleanup = cleanupAfterAll();
  beforeAll(() => prepare(cleanup));
}

async function prepare(cleanup: Cleanup): Promise<void> {
  python = await evalsPython();
  scratch = temporaryDirectory(cleanup);
  const script = 'import evals.registry as r, os; print(os.path.dirname(r.__file__))';
  const { stdout } = await run(python, ['-c', script], { env: { ...process.env, OPENAI_API_KEY: 'x' } });
  const data = join(stdout.trim(), 'registry/data');
  const known = [
    'belarusian_grammar',
    'invoices',
    'lunar_calendar',
    'music-theory',
    'us_tort_law',
    'mazes/4x4-mazes-singlemove.jsonl',
    'persian-kinship-riddles',
    'aime_evaluation',
    'korean_romanization',
    'game_theory',
    'test_fuzzy_match',
    'logic-grid',
    'beam_analysis',
    'dna_melting_calculation',
    'icelandic-inflection-easy',
    'icelandic-inflection-hard',
    'manga-translation',
    'chinese_hard_translations',
  ];
  api = {
    knowledge: await knowledgeFrom(...known.map((name) => join(data, name))),
    rightShare: 0.8,
    faults: answerInRole,
  };
  env = {
    // Some evals iterate over sets of strings.
    PYTHONHASHSEED: '0',
    PYTHONPATH: MODULES,
    NLTK_DATA: emptyNltkData(join(scratch, 'nltk_data')),
    https_proxy: 'http://127.0.0.1:9',
  };
}

/** Defines tests that compare these engines with plain `oaievalset`, which runs the set once. */
export function sameResults(
  set: EvalSet,
  engines: readonly ('warm' | 'oaieval')[],
  when: typeof LONG | typeof SOAK = LONG,
): void {
  describe(`same results as plain oaievalset: ${set.evalSet} of ${set.model}`, when, () => {
    let expected: Results;
    beforeAll(async () => {
      expected = await plain(set);
      const results = Object.values(expected.evals);
      expect(results).toHaveLength(set.evals);
      expect(results.filter(isMeaningful).length).toBeGreaterThanOrEqual(set.evals / 2);
    }, TIMEOUT_MS);

    test.for(engines)('engine %s', { timeout: TIMEOUT_MS }, async (engine, context) => {
      const { evals, requests } = await action(context, set, { engine });
      expect(Object.keys(evals).sort()).toEqual(Object.keys(expected.evals).sort());
      // Each eval has its own assertion, for short messages.
      for (const [key, result] of Object.entries(evals)) {
        expect.soft(result.report, key).toEqual(expected.evals[key]?.report);
        expect.soft(result.counts, key).toEqual(expected.evals[key]?.counts);
        expect.soft(result.events, key).toEqual(expected.evals[key]?.events);
      }
      expect(requests).toEqual(expected.requests);
    });
  });
}
