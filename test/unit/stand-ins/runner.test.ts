import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readManifest } from '../../helpers/action-manifest.ts';
import { readKeyValues } from '../../helpers/file-commands.ts';
import { isRunning } from '../../helpers/processes.ts';
import { commandsHolding, type RunOptions, type RunResult, runAction } from '../../helpers/runner.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { CommandParser } from '../../helpers/workflow-commands.ts';

const action = join(import.meta.dirname, '../../fixtures/runner/plain');

let directory: string;

beforeEach(() => {
  directory = temporaryDirectory();
});

/** Runs the fixture with a script. Each step has a name and, in most cases, a JSON text. */
function run(
  steps: readonly (readonly [string, string?])[],
  options: Partial<RunOptions> = {},
): Promise<RunResult> {
  const script = steps.map(([name, text]) => (text === undefined ? name : `${name} ${text}`)).join('\n');
  return runAction({ directory, action, ...options, inputs: { script, ...options.inputs } });
}

const text = (value: string): string => JSON.stringify(value);

describe('runAction: environment', () => {
  it('runAction: inputs are INPUT_ variables, defaults included', async () => {
    const result = await run(
      [
        ['env', 'INPUT_TWO_WORDS'],
        ['env', 'INPUT_DASHED-NAME'],
        ['env', 'INPUT_STATE-DIRECTORY'],
        ['env', 'INPUT_EMPTY'],
      ],
      { stateDirectory: '/state' },
    );
    expect(result.stdout).toEqual([
      "INPUT_TWO_WORDS=it's # here",
      'INPUT_DASHED-NAME=a\tb',
      'INPUT_STATE-DIRECTORY=/state',
      'INPUT_EMPTY=',
    ]);
  });

  it('runAction: an input that action.yml does not have is refused', async () => {
    await expect(run([['exit', '0']], { inputs: { typo: 'x' } })).rejects.toThrow(/no input typo/);
  });

  it('runAction: the environment is that of a job, without variables of the test', async () => {
    process.env.LEAKS_FROM_THE_TEST = 'yes';
    const result = await run(
      [['cwd'], ['env', 'GITHUB_RUN_ID'], ['env', 'GITHUB_RUN_ATTEMPT'], ['env', 'MINE'], ['names']],
      {
        runId: '42',
        runAttempt: 3,
        env: { MINE: 'given' },
      },
    );
    delete process.env.LEAKS_FROM_THE_TEST;
    const [cwd, ...rest] = result.stdout;
    expect(cwd).toBe(join(directory, 'work/octo-repo/octo-repo'));
    expect(rest.slice(0, 3)).toEqual(['GITHUB_RUN_ID=42', 'GITHUB_RUN_ATTEMPT=3', 'MINE=given']);
    expect(rest[3]?.split(' ')).toEqual(
      expect.arrayContaining(['CI', 'GITHUB_WORKSPACE', 'RUNNER_TEMP', 'PATH', 'HOME']),
    );
    expect(rest[3]).not.toMatch(/LEAKS|VITEST|NODE_OPTIONS|npm_/);
  });

  it('runAction: the directory of the runner has workspace, RUNNER_TEMP and tool cache', async () => {
    await run([['print', text('one')]]);
    expect(readdirSync(join(directory, 'work')).sort()).toEqual(['_temp', '_tool', 'octo-repo']);
  });
});

describe('runAction: results', () => {
  it('runAction: outputs, state, summary and environment are read from the file commands', async () => {
    const result = await run([
      ['output', text('one=1\ntwo<<EOT\na\n\nb=<<c\nEOT\n')],
      ['summary', text('# Title\n')],
      ['state', text('plan<<X\n{"a":1}\nX\n')],
      ['export', text('EXPORTED=out\n')],
      ['path', text('/first\n')],
      ['exit', '3'],
    ]);
    expect(result).toMatchObject({
      exitCode: 3,
      signal: null,
      outputs: { one: '1', two: 'a\n\nb=<<c' },
      summary: '# Title\n',
      state: { plan: '{"a":1}' },
    });
    expect(result.post).toMatchObject({
      exitCode: 0,
      stdout: ['post has STATE_plan="{\\"a\\":1}"', 'post has EXPORTED=out', 'post has PATH /first'],
    });
  });

  it('runAction: post can run alone, with the state of an earlier main', async () => {
    const main = await run([['state', text('k=v\n')]], { phase: 'main' });
    expect(main.post).toBeUndefined();
    const post = await run([], { phase: 'post', state: main.state, inputs: { script: '' } });
    expect(post.stdout[0]).toBe('post has STATE_k="v"');
  });
});

describe('runAction: ends', () => {
  it('runAction: post runs after main was killed', async () => {
    const result = await run([['state', text('k=v\n')], ['print', text('ready')], ['hang']], {
      onLine: (line, running) => {
        if (line === 'ready') running.kill('SIGKILL');
      },
    });
    expect(result).toMatchObject({ exitCode: null, signal: 'SIGKILL', post: { exitCode: 0 } });
    expect(result.post?.stdout[0]).toBe('post has STATE_k="v"');
  });

  it('runAction: cancel sends SIGINT first', async () => {
    const result = await run([['catch-sigint'], ['print', text('ready')], ['hang']], {
      onLine: (line, running) => {
        if (line === 'ready') running.cancel();
      },
    });
    expect(result).toMatchObject({ exitCode: 7, signal: null });
    expect(result.stdout).toContain('interrupted');
  });

  it.runIf(process.platform === 'linux')(
    'runAction: processes that main leaves running are reported, and killed after post',
    async () => {
      const result = await run([['orphan'], ['print', text('done')]]);
      expect(result.stdout).toEqual(['done']);
      expect(result.orphans).toHaveLength(1);
      expect(result.post?.orphans).toEqual(result.orphans);
      const [pid = 0] = result.orphans;
      await expect.poll(() => isRunning(pid)).toBe(false);
    },
  );
});

describe('runAction: output', () => {
  it('runAction: a line of output ends with a line feed, a carriage return or both', async () => {
    const result = await run([
      ['write', text('10%\r20%\r\nend')],
      ['stderr', text('err')],
    ]);
    expect(result.stdout).toEqual(['10%', '20%', 'end']);
    expect(result.stderr).toEqual(['err']);
  });

  it('runAction: annotations and groups are found in the output', async () => {
    const result = await run([
      ['print', text('::group::Plan')],
      ['print', text('inside')],
      ['print', text('::endgroup::')],
      ['print', text('::warning title=Cache%3A down::a%0Ab 100%25')],
      ['stderr', text('  ::error::bad')],
    ]);
    expect(result.groups).toEqual([{ title: 'Plan', lines: ['inside'] }]);
    expect(result.annotations).toEqual(
      expect.arrayContaining([
        { level: 'warning', title: 'Cache: down', message: 'a\nb 100%' },
        { level: 'error', title: undefined, message: 'bad' },
      ]),
    );
  });

  it('runAction: commandsHolding finds text that a runner would execute', async () => {
    const result = await run([
      ['write', text('harmless\r::set-output name=x::EVIL\n')],
      ['print', text('log 12:00 ##[error]EVIL')],
      ['print', text('::stop-commands::token-1')],
      ['print', text('::set-env name=x::EVIL held back')],
      ['print', text('::token-1::')],
    ]);
    expect(commandsHolding(result, 'EVIL').map((c) => c.name)).toEqual(['set-output', 'error']);
  });
});

describe('CommandParser', () => {
  const names = (lines: readonly string[]): (string | undefined)[] => {
    const parser = new CommandParser();
    return lines.map((line) => parser.parse(line)?.name);
  };

  it.each([
    ['::error::x', 'error'],
    ['\t ::ERROR file=a.js,line=1::x', 'error'],
    ['text ::error::x', undefined],
    [':: error::x', undefined],
    ['::unknown::x', undefined],
    ['::error x', undefined],
    ['text ##[group]x', 'group'],
    ['##[unknown]x', undefined],
    ['##[error x', undefined],
    ['::not-one:: but ##[warning]x', 'warning'],
  ])('CommandParser: %j is the command %s', (line, name) => {
    expect(names([line])).toEqual([name]);
  });

  it('CommandParser: after stop-commands only the token is a command, in either form', () => {
    const lines = ['::stop-commands::abc123', '::error::x', '##[abc123]', '::error::x', '::abc123::'];
    expect(names(lines)).toEqual(['stop-commands', undefined, 'abc123', 'error', undefined]);
  });

  it('CommandParser: a stop-commands token that a runner refuses is refused', () => {
    expect(() => names(['::stop-commands::error'])).toThrow(/refuses/);
  });
});

describe('readKeyValues', () => {
  it('readKeyValues: the last of two values counts, and a value may contain = and <<', () => {
    expect(readKeyValues('a=1\r\na=x<<y\nb<<E\n=\nE\n')).toEqual({ a: 'x<<y', b: '=' });
  });

  it.each(['a<<E\nno end', 'no sign', '<<E\nE'])('readKeyValues: %j is refused', (file) => {
    expect(() => readKeyValues(file)).toThrow(/Invalid/);
  });
});

describe('readManifest', () => {
  it('readManifest: an action.yml that only a real runner can evaluate is refused', () => {
    const runs = 'runs:\n  using: node24\n  main: a.js\n';
    expect(() => readManifest(`inputs:\n  a:\n    default: \${{ github.actor }}\n${runs}`)).toThrow(
      /cannot evaluate/,
    );
    expect(() => readManifest('runs:\n  using: composite\n')).toThrow(/JavaScript/);
    expect(() => readManifest(`${runs}  post: b.js\n  post-if: success()\n`)).toThrow(/post-if/);
  });
});
