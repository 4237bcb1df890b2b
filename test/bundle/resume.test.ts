/** An interrupted job is taken up where it stopped, whatever happens to the machine, the checkpoint or the cache service. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { evalsPython } from '../helpers/evals-venv.ts';
import type { RunResult } from '../helpers/runner.ts';
import type { CacheFault, CacheRequest } from '../stand-ins/cache-service.ts';
import { Bed, type BedOptions, logOf, runsAgain, scratch } from './bed.ts';

/** test-basic, in its order. Each eval sends three requests; all but the last two differ in what they send. */
const EVALS = [
  'test-match.s1.simple-v0',
  'test-fuzzy-match.s1.simple-v0',
  'test-includes.s1.simple-v0',
  'test-includes-ignore-case.s1.simple-v0',
];
const REQUESTS_PER_EVAL = 3;

let python: string;

/** A set of two, for what does not depend on its evals; `dummy` answers without an API. */
const SMALL = ['test-match.s1.simple-v0', 'test-includes.s1.simple-v0'] as const;
const small = {
  model: 'dummy',
  evalSet: 'small',
  inputs: { 'registry-path': join(import.meta.dirname, '../fixtures/reuse/registry') },
};
/** The state directory of a completed run of it. */
let completed: string;

/** Also when the set-up fails half way. */
const cleanup: (() => void | Promise<void>)[] = [];
afterAll(async () => {
  for (const work of cleanup) await work();
});

beforeAll(async () => {
  python = await evalsPython();
  const bed = await Bed.make({ onTestFinished: (work) => cleanup.push(work) }, { python, ...small });
  const result = await bed.run({ cache: false });
  expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '2' });
  completed = bed.stateDirectory;
});

type Context = Parameters<typeof Bed.make>[0];

/** A machine on which the set is complete. */
async function completedBed(context: Context, options: Partial<BedOptions> = {}): Promise<Bed> {
  const bed = await Bed.make(context, { python, ...small, ...options });
  cpSync(completed, bed.stateDirectory, { recursive: true });
  return bed;
}

/** A machine that answers like the API and stops doing so after so many evals. */
async function heldBed(context: Context, doneBefore: number): Promise<Bed> {
  const bed = await Bed.make(context, { python, model: 'gpt-4', api: {} });
  bed.api.holdWhen(() => bed.doneEvals().length >= doneBefore);
  return bed;
}

/** Takes evals out of a state directory as if it had never seen them. */
function unlearn(bed: Bed, ...keys: string[]): void {
  for (const name of ['progress.txt', 'resume/completions.jsonl']) {
    const lines = readFileSync(bed.path(name), 'utf8').split('\n');
    writeFileSync(
      bed.path(name),
      lines.filter((line) => !keys.some((key) => line.includes(`"${key}"`))).join('\n'),
    );
  }
}

const counts = (
  fresh: number,
  reused: number,
  other: Record<string, string> = {},
  total: number = SMALL.length,
) => ({
  complete: String(fresh + reused === total),
  total: String(total),
  completed: String(fresh + reused),
  fresh: String(fresh),
  reused: String(reused),
  ...other,
});

const countsOfAll = (fresh: number, reused: number, other: Record<string, string> = {}) =>
  counts(fresh, reused, other, EVALS.length);

/** Error and warning annotations of main and post, `level: message`. */
function annotations(result: RunResult): string[] {
  return [...result.annotations, ...(result.post?.annotations ?? [])]
    .filter(({ level }) => level !== 'notice')
    .map(({ level, message }) => `${level}: ${message}`);
}

describe.concurrent('a job that is killed', () => {
  test('is taken up by the next attempt on another machine; later runs have nothing to do', async (context) => {
    const bed = await heldBed(context, 2);
    const bodies = new Map<string, Set<string>>();
    context.onTestFinished(
      bed.api.onRequest(({ bodySha256 }) => {
        const key = EVALS[bed.doneEvals().length] ?? '';
        bodies.set(key, (bodies.get(key) ?? new Set()).add(bodySha256));
      }),
    );

    const killed = await bed.runUntilHeld((main) => main.kill('SIGKILL'), { runId: '12', runAttempt: 1 });
    expect(killed.signal, logOf(killed)).toBe('SIGKILL');
    expect(killed.post?.exitCode, logOf(killed)).toBe(0);
    expect(annotations(killed)).toEqual([]);
    expect(killed.post?.orphans, 'nothing of the killed eval is left when post has ended').toEqual([]);
    await vi.waitFor(() => expect(bed.api.counts().held, 'nobody waits for an answer any more').toBe(0));
    expect(bed.doneEvals()).toEqual(EVALS.slice(0, 2));
    const saved = bed.cache.entries().map(({ key }) => key);
    expect(saved).toEqual([expect.stringMatching(/-s1of1-12-1-\d+$/)]);
    expect(killed.post?.summary).toContain('2 of 4 evals done');

    bed.forgetState();
    bed.api.release();
    bed.api.forget();
    const resumed = await bed.run({ runId: '12', runAttempt: 2 });
    expect(resumed.exitCode, logOf(resumed)).toBe(0);
    expect(annotations(resumed)).toEqual([]);
    expect(resumed.outputs).toMatchObject(
      countsOfAll(2, 2, { failed: '0', pending: '0', 'restored-key': saved[0] ?? '' }),
    );
    expect(resumed.outputs['saved-key']).toMatch(/-s1of1-12-2-\d+$/);
    expect(bed.doneEvals()).toEqual(EVALS);
    expect(bed.api.counts().received).toBe(2 * REQUESTS_PER_EVAL);
    const ofDone = EVALS.slice(0, 2).flatMap((key) => [...(bodies.get(key) ?? [])]);
    expect(ofDone).toHaveLength(2 * REQUESTS_PER_EVAL);
    expect(bed.api.requests.filter(({ bodySha256 }) => ofDone.includes(bodySha256))).toEqual([]);

    bed.forgetState();
    bed.api.forget();
    const later = await bed.run({ runId: '13' });
    expect(later.exitCode, logOf(later)).toBe(0);
    expect(later.outputs).toMatchObject(
      countsOfAll(0, 4, {
        'restored-key': resumed.outputs['saved-key'] ?? '',
        'saved-key': '',
        'requests-sent': '0',
      }),
    );
    expect(bed.api.counts().received).toBe(0);
    expect(bed.cache.entries()).toHaveLength(2);
    expect(bed.doneEvals()).toEqual(EVALS);
  });

  test('and leaves a state directory newer than its checkpoint: nothing of either is lost', async (context) => {
    const bed = await heldBed(context, 2);
    const first = await bed.runUntilHeld((main) => main.kill('SIGKILL'));
    expect(first.post?.exitCode, logOf(first)).toBe(0);
    expect(bed.cache.entries()).toHaveLength(1);

    // The same machine again, one eval further, and this time there is no cache service to save to.
    bed.api.release();
    bed.api.holdWhen(() => bed.doneEvals().length >= 3);
    const second = await bed.runUntilHeld((main) => main.kill('SIGKILL'), { cache: false, runAttempt: 2 });
    expect(bed.doneEvals(), logOf(second)).toEqual(EVALS.slice(0, 3));
    unlearn(bed, EVALS[0] ?? '');

    bed.api.release();
    bed.api.forget();
    const merged = await bed.run({ runAttempt: 3 });
    expect(merged.exitCode, logOf(merged)).toBe(0);
    expect(merged.outputs).toMatchObject(countsOfAll(1, 3));
    expect(bed.api.counts().received).toBe(REQUESTS_PER_EVAL);
    expect([...bed.doneEvals()].sort()).toEqual([...EVALS].sort());
    expect(
      bed
        .records()
        .map((record) => record.eval)
        .sort(),
    ).toEqual([...EVALS].sort());
    for (const key of EVALS) expect(existsSync(bed.path(`resume/logs/${key}.jsonl`)), key).toBe(true);
  });
});

describe.concurrent('a job that is cancelled', () => {
  test.for(['SIGINT', 'SIGTERM'] as const)(
    '%s ends the running eval, saves what is done and fails the step as incomplete',
    async (signal, context) => {
      const bed = await heldBed(context, 2);
      const result = await bed.runUntilHeld((main) =>
        signal === 'SIGINT' ? main.cancel() : main.kill(signal),
      );
      expect(result.exitCode, logOf(result)).toBe(1);
      expect(annotations(result)).toEqual([
        expect.stringMatching(
          /^error: .*2 of 4 evals done.*test-includes, test-includes-ignore-case.*Re-run the failed jobs.*\[INCOMPLETE\]$/s,
        ),
      ]);
      expect(result.outputs).toMatchObject(countsOfAll(2, 0, { failed: '0', pending: '2' }));
      expect(result.orphans).toEqual([]);
      expect(result.lines).toContainEqual(expect.stringContaining(`Received ${signal}`));
      expect(bed.doneEvals()).toEqual(EVALS.slice(0, 2));
      expect(bed.cache.entries().map(({ key }) => key)).toEqual([result.outputs['saved-key']]);
      expect(result.post?.exitCode).toBe(0);
      expect(result.post?.lines, 'main came to its end: nothing is left for post').toEqual([]);

      bed.forgetState();
      bed.api.release();
      bed.api.forget();
      const resumed = await bed.run({ runAttempt: 2 });
      expect(resumed.outputs, logOf(resumed)).toMatchObject(countsOfAll(2, 2));
      expect(bed.api.counts().received).toBe(2 * REQUESTS_PER_EVAL);
    },
  );
});

describe.concurrent('starting fresh', () => {
  test('another cache-key sees neither the checkpoints nor the leftovers of the first', async (context) => {
    const bed = await completedBed(context);
    const saved = await bed.run({ inputs: { 'cache-key': '' } });
    expect(saved.outputs, logOf(saved)).toMatchObject(counts(0, 2));
    expect(saved.outputs['saved-key']).not.toBe('');

    const other = await bed.run({ inputs: { 'cache-key': 'two' }, runAttempt: 2 });
    expect(other.outputs, logOf(other)).toMatchObject(counts(2, 0, { 'restored-key': '' }));
    expect(annotations(other)).toEqual([]);
    expect(other.lines).toContainEqual(expect.stringContaining('cache-key was changed'));
    const aside = bed.rejected();
    expect(aside).toContainEqual(expect.stringMatching(/progress\.txt\.rejected-/));
    expect(aside).toContainEqual(expect.stringMatching(/\.resume\.rejected-/));

    // What was done under either key is there under that key.
    for (const key of ['two', '']) {
      bed.forgetState();
      const back = await bed.run({ inputs: { 'cache-key': key }, runAttempt: 3 });
      expect(back.outputs, logOf(back)).toMatchObject(counts(0, 2));
    }
  });

  test('resume: false runs everything, sets leftovers aside, and is taken up by the next run', async (context) => {
    const bed = await completedBed(context);
    await bed.run();
    expect(bed.cache.entries()).toHaveLength(1);
    const before = readFileSync(bed.path('resume/completions.jsonl'), 'utf8');

    const result = await bed.run({ inputs: { resume: 'false' }, runAttempt: 2 });
    expect(result.outputs, logOf(result)).toMatchObject(counts(2, 0, { 'restored-key': '' }));
    expect(annotations(result)).toEqual([]);
    const aside = bed.rejected().filter((name) => name.includes('.resume.'));
    expect(aside).toHaveLength(1);
    expect(readFileSync(join(bed.stateDirectory, aside[0] ?? '', 'completions.jsonl'), 'utf8')).toBe(before);

    const next = await bed.run({ runAttempt: 3 });
    expect(next.outputs, logOf(next)).toMatchObject(
      counts(0, 2, { 'restored-key': result.outputs['saved-key'] ?? '' }),
    );
  });

  test('max-age: only what is older runs again, and the log says so', async (context) => {
    const bed = await completedBed(context);
    const path = bed.path('resume/completions.jsonl');
    const lines = readFileSync(path, 'utf8').split('\n');
    const old = (lines[1] ?? '').replace(/"ended":"[^"]*"/, '"ended":"2020-01-01T00:00:00.000Z"');
    writeFileSync(path, [lines[0], old, ...lines.slice(2)].join('\n'));

    const result = await bed.run({ inputs: { 'max-age': '7d' } });
    expect(result.outputs, logOf(result)).toMatchObject(counts(1, 1));
    expect(runsAgain(result)).toEqual({
      'test-includes': 'its result of 2020-01-01T00:00:00.000Z is older than max-age',
    });
    expect([...bed.doneEvals()].sort()).toEqual([...SMALL].sort());
  });

  test('the state of another repository is set aside, not used', async (context) => {
    const bed = await completedBed(context);
    const result = await bed.run({ repository: 'octo-org/another', cache: false });
    expect(result.outputs, logOf(result)).toMatchObject(counts(2, 0));
    expect(annotations(result)).toEqual([
      expect.stringMatching(/^warning: .*set aside, not used.*another owner.*octo-org\/octo-repo/),
    ]);
    const aside = bed.rejected();
    expect(aside.filter((name) => name.includes('.resume.'))).toHaveLength(1);
    expect(aside.filter((name) => name.includes('.progress.txt.'))).toHaveLength(1);
  });
});

interface SaveFault {
  readonly name: string;
  readonly faults: (request: CacheRequest) => CacheFault | undefined;
  readonly says: RegExp;
}

const atStep =
  (step: CacheRequest['step'], fault: CacheFault): SaveFault['faults'] =>
  (request) =>
    request.step === step ? fault : undefined;

const saveFaults: SaveFault[] = [
  {
    name: '409: the key exists already',
    faults: atStep('create', { status: 409, body: '{"code":"already_exists","msg":"exists already"}' }),
    says: /an entry with this key already/,
  },
  {
    name: '429: too many requests',
    faults: atStep('create', { status: 429, headers: { 'retry-after': '40' }, body: '{"msg":"slow down"}' }),
    says: /limits the rate of requests \(HTTP 429\)/,
  },
  {
    name: '503: the service is down',
    faults: atStep('create', { status: 503, body: '{"msg":"busy"}' }),
    says: /failed with HTTP 503/,
  },
  {
    name: '403: the token may not write',
    faults: atStep('create', { status: 403, body: '{"msg":"forbidden"}' }),
    says: /denied the save \(HTTP 403/,
  },
  {
    name: 'the storage refuses the upload',
    faults: atStep('upload', {
      status: 403,
      body: '<?xml version="1.0"?><Error><Code>AuthorizationFailure</Code></Error>',
    }),
    says: /could not be uploaded|denied the save/,
  },
  {
    name: 'the service refuses the finished entry',
    faults: atStep('finalize', { status: 200, body: '{"ok":false,"message":"too many entries"}' }),
    says: /refused the uploaded entry: too many entries/,
  },
];

describe.concurrent('cache trouble', () => {
  test.for(saveFaults)(
    '$name: the evals succeed, one warning names the cause',
    async ({ faults, says }, context) => {
      const bed = await completedBed(context, { cache: { faults } });
      unlearn(bed, SMALL[1]);
      const result = await bed.run();
      expect(result.exitCode, logOf(result)).toBe(0);
      expect(result.outputs).toMatchObject(counts(1, 1, { 'saved-key': '' }));
      expect(annotations(result)).toEqual([
        expect.stringMatching(/^warning: The checkpoint was not saved: /),
      ]);
      expect(annotations(result)).toEqual([expect.stringMatching(says)]);
      expect(bed.cache.entries()).toEqual([]);
    },
  );

  test('a restore that the service fails is a warning, and the run goes on with what the machine has', async (context) => {
    const bed = await completedBed(context, {
      cache: { faults: atStep('lookup', { status: 403, body: '{"msg":"no"}' }) },
    });
    unlearn(bed, SMALL[1]);
    const result = await bed.run();
    expect(result.exitCode, logOf(result)).toBe(0);
    expect(result.outputs).toMatchObject(counts(1, 1, { 'restored-key': '' }));
    expect(annotations(result)).toContainEqual(
      expect.stringMatching(/^warning: No checkpoint was restored: .*HTTP 403/),
    );
    expect(annotations(result).filter((line) => line.startsWith('error'))).toEqual([]);
  });

  test('no cache service at all is said once, and the state directory serves', async (context) => {
    const bed = await completedBed(context);
    unlearn(bed, SMALL[1]);
    for (const [fresh, reused] of [
      [1, 1],
      [0, 2],
    ] as const) {
      const result = await bed.run({ cache: false });
      expect(result.exitCode, logOf(result)).toBe(0);
      expect(result.outputs).toMatchObject(counts(fresh, reused, { 'restored-key': '', 'saved-key': '' }));
      expect(annotations(result)).toEqual([]);
      expect(result.lines.filter((line) => !line.startsWith('│') && /checkpoint|cache/i.test(line))).toEqual([
        expect.stringContaining('this job has no Actions cache service'),
      ]);
    }
    expect(bed.cache.requests).toEqual([]);
  });
});

/** A job on a new machine that finds this instead of the checkpoint that was saved. */
async function restoring(
  context: Context,
  change: (archive: Buffer) => Buffer,
): Promise<{ readonly bed: Bed; readonly result: RunResult }> {
  const bed = await completedBed(context);
  const first = await bed.run();
  const key = first.outputs['saved-key'] ?? '';
  expect(key, logOf(first)).not.toBe('');
  bed.cache.tamper(key, change);
  bed.forgetState();
  const result = await bed.run({ runAttempt: 2 });
  expect(result.exitCode, logOf(result)).toBe(0);
  expect(annotations(result).filter((line) => line.startsWith('error'))).toEqual([]);
  expect([...bed.doneEvals()].sort()).toEqual([...SMALL].sort());
  return { bed, result };
}

/** Unpacks an archive as the cache client packs it, lets `change` loose on it, and packs it again. */
function repacked(context: Context, archive: Buffer, change: (directory: string) => void): Buffer {
  const directory = scratch(context);
  const program = archive.subarray(0, 4).equals(Buffer.from([0x28, 0xb5, 0x2f, 0xfd])) ? 'zstd' : 'gzip';
  execFileSync('tar', ['-x', '-I', program, '-C', directory], { input: archive });
  change(join(directory, 'tmp/oaievalset'));
  return execFileSync('tar', ['-c', '-I', program, '-C', directory, 'tmp'], { maxBuffer: 1 << 30 });
}

describe.concurrent('an archive that is no checkpoint of ours', () => {
  const broken: readonly (readonly [string, (archive: Buffer, context: Context) => Buffer])[] = [
    ['noise', (archive) => Buffer.from(archive).fill('not an archive ')],
    ['cut short', (archive) => archive.subarray(0, Math.floor(archive.length / 2))],
    ['empty', () => Buffer.alloc(0)],
    [
      'of something else',
      (archive, context) =>
        repacked(context, archive, (directory) => {
          rmSync(directory, { recursive: true });
          mkdirSync(join(directory, '../node_modules'));
          writeFileSync(join(directory, '../node_modules/x.js'), 'x');
        }),
    ],
    [
      'with a link in the place of a file',
      (archive, context) =>
        repacked(context, archive, (directory) => {
          const victim = join(scratch(context), 'victim.jsonl');
          writeFileSync(victim, 'precious\n');
          rmSync(join(directory, 'dummy.small.resume/completions.jsonl'));
          symlinkSync(victim, join(directory, 'dummy.small.resume/completions.jsonl'));
        }),
    ],
    [
      'with the state directory as a link',
      (archive, context) =>
        repacked(context, archive, (directory) => {
          rmSync(directory, { recursive: true });
          symlinkSync(scratch(context), directory);
        }),
    ],
  ];

  test.for(broken)('%s: a warning, and a fresh run', async ([, change], context) => {
    const { bed, result } = await restoring(context, (archive) => change(archive, context));
    expect(result.outputs, logOf(result)).toMatchObject(counts(2, 0, { 'restored-key': '' }));
    expect(annotations(result), logOf(result)).toHaveLength(1);
    expect(annotations(result)).toEqual([
      expect.stringMatching(/^warning: (No checkpoint was restored|The checkpoint .* is not used)/),
    ]);
    expect(bed.cache.entries()).toHaveLength(2);
  });
});

describe.concurrent('a checkpoint with hostile content', () => {
  const name = (file: string): string => `dummy.small.${file}`;
  const edit = (path: string, change: (text: string) => string): void =>
    writeFileSync(path, change(readFileSync(path, 'utf8')));

  interface Hostile {
    readonly name: string;
    readonly change: (directory: string) => void;
    /** Evals that run because of it. */
    readonly fresh: number;
    /** Nothing needs to be said about lines that are only not ours. */
    readonly warns: RegExp | undefined;
  }

  const hostile: Hostile[] = [
    {
      name: 'one completion record with wrong types',
      change: (directory) =>
        edit(join(directory, name('resume/completions.jsonl')), (text) =>
          text
            .replace(/"tokens":\{/, '"tokens":{"prompt":"many",')
            .replace(/"metrics":\{/, '"metrics":{"a":{"b":[]},'),
        ),
      fresh: 1,
      warns: /completions\.jsonl.*is not used/,
    },
    {
      name: 'completion records that are none',
      change: (directory) =>
        writeFileSync(join(directory, name('resume/completions.jsonl')), '[1,2]\n"x"\nnull\n{}\n'),
      fresh: 2,
      warns: /completions\.jsonl.*is not used/,
    },
    {
      name: 'an unknown version of completion records',
      change: (directory) =>
        edit(join(directory, name('resume/completions.jsonl')), (text) =>
          text.replaceAll('"version":1', '"version":2'),
        ),
      fresh: 2,
      warns: /completions\.jsonl.*is not used/,
    },
    {
      name: 'a progress file of rubbish',
      change: (directory) =>
        writeFileSync(
          join(directory, name('progress.txt')),
          Buffer.from([0, 255, 10, 91, 10, 123, 125, 10, 0]),
        ),
      fresh: 2,
      warns: /progress\.txt.*is not used/,
    },
    {
      name: 'a progress file that is a directory',
      change: (directory) => {
        rmSync(join(directory, name('progress.txt')));
        mkdirSync(join(directory, name('progress.txt'), 'x'), { recursive: true });
      },
      fresh: 2,
      warns: /progress\.txt.*is not used/,
    },
    {
      name: 'completion records that are a directory',
      change: (directory) => {
        rmSync(join(directory, name('resume/completions.jsonl')));
        mkdirSync(join(directory, name('resume/completions.jsonl')));
      },
      fresh: 2,
      warns: /completions\.jsonl.*is not used/,
    },
    {
      name: 'a plan of rubbish',
      change: (directory) =>
        writeFileSync(join(directory, name('resume/plan.json')), '{"version":1,"evals":"all"}'),
      fresh: 0,
      warns: /plan\.json.*is not used/,
    },
    {
      name: 'a plan of another repository',
      change: (directory) =>
        edit(join(directory, name('resume/plan.json')), (text) =>
          text.replaceAll('octo-org/octo-repo', 'evil/repo'),
        ),
      fresh: 2,
      warns: /another owner/,
    },
    {
      name: 'metrics and keys that try to command the runner',
      change: (directory) =>
        edit(join(directory, name('resume/completions.jsonl')), (text) =>
          text.replaceAll(
            '"metrics":{',
            '"metrics":{"\\n::error::marker":"\\n::error::marker","##[error]marker":1,',
          ),
        ),
      fresh: 0,
      warns: undefined,
    },
  ];

  test.for(hostile)('$name', async ({ change, fresh, warns }, context) => {
    const { bed, result } = await restoring(context, (archive) => repacked(context, archive, change));
    const said = annotations(result);
    expect(said, logOf(result)).toEqual(warns ? [expect.stringMatching(warns)] : []);
    expect(result.outputs, logOf(result)).toMatchObject(counts(fresh, SMALL.length - fresh));
    expect(result.commands.filter(({ line }) => line.includes('marker'))).toEqual([]);
    expect(bed.records()).toHaveLength(SMALL.length);
    // What was set aside is not saved again.
    const last = bed.cache.entries().at(-1);
    const names = last ? listed(context, last.archive) : [];
    expect(names).not.toEqual([]);
    expect(names.filter((path) => path.includes('.rejected-'))).toEqual([]);
  });
});

function listed(context: Context, archive: Buffer): string[] {
  let names: string[] = [];
  repacked(context, archive, (directory) => {
    names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  });
  return names;
}
