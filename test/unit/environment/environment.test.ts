import { lstatSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { extraRequirements, isMovingTarget } from '../../../src/environment/extra-packages.ts';
import { lockedPackagesFor, supportedEvalsVersions } from '../../../src/environment/locked-packages.ts';
import { prepareEnvironment } from '../../../src/environment/prepare-environment.ts';
import { installerEnv } from '../../../src/environment/run-tool.ts';
import { buildVenv, findVenv, storeDirectory } from '../../../src/environment/venv-store.ts';
import { recordingLog, temporaryDirectory } from '../../helpers/builders.ts';

describe('lockedPackagesFor', () => {
  test('supportedEvalsVersions: the versions with a locked list', async () => {
    expect(await supportedEvalsVersions()).toEqual(['3.0.1.post1']);
  });

  test.each(['3.0.1', '../../requirements/evals-3.0.1.post1', ''])(
    'lockedPackagesFor: refuses version "%s"',
    async (version) => {
      await expect(lockedPackagesFor(version)).rejects.toMatchObject({
        code: 'EVALS_UNSUPPORTED',
        message: expect.stringContaining('3.0.1.post1'),
      });
    },
  );

  test('lockedPackagesFor: the list pins and hashes every package, evals included, and names no index', async () => {
    for (const version of await supportedEvalsVersions()) {
      const { text } = await lockedPackagesFor(version);
      // A requirement has several lines, of which each but the last ends with a backslash.
      const requirements = text
        .replaceAll('\\\n', ' ')
        .split('\n')
        .filter((line) => line !== '' && !line.trimStart().startsWith('#'));
      for (const requirement of requirements) {
        expect(requirement).toMatch(/^[a-z0-9-]+==[^ ]+ .*--hash=sha256:[0-9a-f]{64}$/);
      }
      expect(requirements).toContainEqual(expect.stringMatching(`^evals==${version} `));
      expect(text).not.toMatch(/:\/\/|--(extra-)?index-url|--find-links/);
    }
  });
});

describe('extra packages', () => {
  test('extraRequirements: removes comments and blank lines', () => {
    const lines = [
      '',
      '# for hellaswag',
      'datasets==3.6.0  # see above',
      '  pillow >= 10 ; python_version < "3.13"  ',
    ];
    expect(extraRequirements(lines)).toEqual(['datasets==3.6.0', 'pillow >= 10 ; python_version < "3.13"']);
  });

  test('extraRequirements: keeps the fragment of a URL', () => {
    const line = 'own @ git+https://example.com/own.git@v1#subdirectory=python';
    expect(extraRequirements([line])).toEqual([line]);
  });

  test.each([
    '--index-url https://example.com/simple',
    '-r requirements.txt',
    ' -e .',
    'datasets --no-binary=:all:',
    'datasets==3.6.0 --hash=sha256:00',
  ])('extraRequirements: refuses the option in "%s"', (line) => {
    expect(() => extraRequirements(['pillow', line])).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID' }),
    );
  });

  test.each([
    ['./own-evals', true],
    ['.', true],
    ['own @ git+https://example.com/own.git@main', true],
    ['own @ file:own', true],
    ['own-1.0-py3-none-any.whl', true],
    ['own-1.0.tar.gz[more] ; python_version > "3"', true],
    ['datasets==3.6.0', false],
    ['pillow ; sys_platform == "a/b"', false],
  ])('isMovingTarget: whether the content of "%s" may change: %s', (requirement, expected) => {
    expect(isMovingTarget(requirement)).toBe(expected);
  });
});

describe('installerEnv', () => {
  test('installerEnv: keeps indexes and proxies, removes install locations, keys and tokens', () => {
    const env = installerEnv({
      PIP_INDEX_URL: 'https://example.com/simple',
      UV_INDEX_OWN_PASSWORD: 'p',
      HTTPS_PROXY: 'http://localhost:1',
      PIP_TARGET: '/elsewhere',
      PIP_USER: '1',
      UV_SYSTEM_PYTHON: '1',
      VIRTUAL_ENV: '/elsewhere',
      OPENAI_API_KEY: 'k',
      ACTIONS_RUNTIME_TOKEN: 't',
      INPUT_MODEL: 'm',
    });
    expect(env).toEqual({
      PIP_INDEX_URL: 'https://example.com/simple',
      UV_INDEX_OWN_PASSWORD: 'p',
      HTTPS_PROXY: 'http://localhost:1',
      PIP_USER: '0',
    });
  });
});

describe('the directory of venvs', () => {
  test('storeDirectory: is in the tool cache, or else in the user cache', async () => {
    const directory = temporaryDirectory();
    const file = join(directory, 'file');
    writeFileSync(file, '');
    const toolCache = join(directory, 'tools');
    const userCache = join(directory, 'cache');
    expect(await storeDirectory({ RUNNER_TOOL_CACHE: toolCache, XDG_CACHE_HOME: userCache })).toBe(
      join(toolCache, 'oaievalset-action'),
    );
    expect(await storeDirectory({ RUNNER_TOOL_CACHE: file, XDG_CACHE_HOME: userCache })).toBe(
      join(userCache, 'oaievalset-action'),
    );
    expect(await storeDirectory({ HOME: directory })).toBe(join(directory, '.cache/oaievalset-action'));
    await expect(storeDirectory({ RUNNER_TOOL_CACHE: file, HOME: file })).rejects.toMatchObject({
      code: 'INSTALL_FAILED',
      message: expect.stringContaining(file),
    });
  });

  test('findVenv: never returns an interrupted build', async () => {
    const store = temporaryDirectory();
    let during: string | undefined = 'not looked';
    const failed = buildVenv(store, 'venv', async (directory) => {
      writeFileSync(join(directory, 'half'), '');
      during = await findVenv(store, 'venv');
      throw new Error('no network');
    });
    await expect(failed).rejects.toThrow('no network');
    expect(during).toBeUndefined();
    expect(await findVenv(store, 'venv')).toBeUndefined();
    expect(readdirSync(store)).toEqual([]);
  });

  test('buildVenv: two jobs that build the same venv each use their own', async () => {
    const store = temporaryDirectory();
    const both = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
    const directories = await Promise.all(
      both.map((own, index) =>
        buildVenv(store, 'venv', async (directory) => {
          own.resolve();
          await both[1 - index]?.promise;
          writeFileSync(join(directory, 'owner'), String(index));
        }),
      ),
    );
    expect(directories.map((directory) => readFileSync(join(directory, 'owner'), 'utf8'))).toEqual([
      '0',
      '1',
    ]);
    expect(lstatSync(join(store, 'venv')).isSymbolicLink()).toBe(true);
    expect(directories).toContain(await findVenv(store, 'venv'));
  });

  test('buildVenv: removes builds that no job can still use', async () => {
    const store = temporaryDirectory();
    const day = 24 * 60 * 60;
    for (const [name, days] of [
      ['venv.killed', 7],
      ['venv.in-use', 5],
      ['venv-other.killed', 7],
    ] as const) {
      mkdirSync(join(store, name));
      const then = Date.now() / 1000 - days * day;
      utimesSync(join(store, name), then, then);
    }
    const directory = await buildVenv(store, 'venv', async () => {});
    utimesSync(directory, 0, 0);
    await buildVenv(store, 'venv-other', async () => {});
    expect(readdirSync(store).filter((name) => /killed|in-use/.test(name))).toEqual(['venv.in-use']);

    // Old, but the one that is used.
    const next = await buildVenv(store, 'venv', async () => {
      expect(readdirSync(directory)).toEqual([]);
    });
    expect(await findVenv(store, 'venv')).toBe(next);
  });
});

test('prepareEnvironment: wrong inputs are reported before anything is started', async () => {
  const request = { python: 'no-such-python', workingDirectory: '/', env: {} };
  const log = recordingLog();
  await expect(
    prepareEnvironment({ ...request, evalsVersion: '2.0.0', extraPackages: [] }, log),
  ).rejects.toMatchObject({ code: 'EVALS_UNSUPPORTED' });
  await expect(
    prepareEnvironment({ ...request, evalsVersion: '', extraPackages: ['-e .'] }, log),
  ).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  expect(log.lines).toEqual([]);
});
