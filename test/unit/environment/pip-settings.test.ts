import { expect, test } from 'vitest';
import { asUvSettings } from '../../../src/environment/pip-settings.ts';

test.each([
  ['', {}, []],
  [
    "global.index-url='https://user:pw@example.com/simple'",
    { UV_DEFAULT_INDEX: 'https://user:pw@example.com/simple' },
    [],
  ],
  [
    ":env:.no-index='1'\n:env:.find-links='wheels /other'",
    {},
    ['--no-index', '--find-links', '/work/wheels', '--find-links', '/other'],
  ],
  ["global.no-index='0'", {}, []],
  ["install.trusted-host='a\\nb'", {}, ['--allow-insecure-host', 'a', '--allow-insecure-host', 'b']],
  ["global.cert='ca.pem'\nglobal.timeout='60'", { SSL_CERT_FILE: '/work/ca.pem', UV_HTTP_TIMEOUT: '60' }, []],
  [":env:.timeout='7'\nglobal.timeout='60'", { UV_HTTP_TIMEOUT: '7' }, []],
  [
    "global.proxy='proxy:80'",
    { ALL_PROXY: 'http://proxy:80', HTTPS_PROXY: 'http://proxy:80', HTTP_PROXY: 'http://proxy:80' },
    [],
  ],
  ["global.disable-pip-version-check='1'\nlist.format='columns'", {}, []],
])('asUvSettings: %j', (listed, env, options) => {
  expect(asUvSettings(listed, '/work')).toEqual({ env, options });
});

test('asUvSettings: all indexes are searched, as pip does', () => {
  expect(asUvSettings("global.extra-index-url='https://a/simple https://b/simple'", '/')).toEqual({
    env: { UV_INDEX: 'https://a/simple https://b/simple' },
    options: ['--index-strategy', 'unsafe-best-match'],
  });
});

test.each(["global.keyring-provider='subprocess'", "global.index-url='./mirror'", "global.platform='any'"])(
  'asUvSettings: uv cannot follow %s',
  (listed) => {
    expect(asUvSettings(listed, '/')).toBeUndefined();
  },
);
