import { resolve } from 'node:path';

/** Where uv gets packages from. */
export interface UvSettings {
  readonly env: Readonly<Record<string, string>>;
  readonly options: readonly string[];
}

/** Settings of pip that do not change which files it gets. */
const WITHOUT_EFFECT =
  /^(break-system-packages|(no-)?cache-dir|(disable-)?pip-version-check|exists-action|no-(color|compile|input|python-version-warning|warn-conflicts|warn-script-location)|only-binary|prefer-binary|progress-bar|quiet|require-virtualenv|retries|root-user-action|upgrade-strategy|user|verbose)$/;

/** A setting as `pip config list` prints it, with the value as Python writes a string. */
const LINE = /^(?<section>[\w:-]+)\.(?<name>[a-z-]+)=(?<quote>['"])(?<value>.*)\k<quote>$/;

/** Of two values for one setting, the later section counts. */
const SECTIONS = ['global', 'install', ':env:'];

/** What is set in uv for the value of a setting of pip; undefined: uv has nothing like it. */
type Counterpart = (value: string, workingDirectory: string) => Partial<UvSettings> | undefined;

const timeout: Counterpart = (value) => ({ env: { UV_HTTP_TIMEOUT: value } });

const COUNTERPARTS: ReadonlyMap<string, Counterpart> = new Map<string, Counterpart>([
  ['index-url', (value) => (isUrl(value) ? { env: { UV_DEFAULT_INDEX: value } } : undefined)],
  [
    'extra-index-url',
    (value) =>
      wordsOf(value).every(isUrl)
        ? {
            env: { UV_INDEX: wordsOf(value).join(' ') },
            // pip looks at all indexes. The hashes keep either from getting another file.
            options: ['--index-strategy', 'unsafe-best-match'],
          }
        : undefined,
  ],
  [
    'find-links',
    (value, workingDirectory) =>
      each('--find-links', value, (word) => (isUrl(word) ? word : resolve(workingDirectory, word))),
  ],
  ['no-index', (value) => ({ options: isTrue(value) ? ['--no-index'] : [] })],
  ['trusted-host', (value) => each('--allow-insecure-host', value)],
  ['cert', (value, workingDirectory) => ({ env: { SSL_CERT_FILE: resolve(workingDirectory, value) } })],
  [
    'client-cert',
    (value, workingDirectory) => ({ env: { SSL_CLIENT_CERT: resolve(workingDirectory, value) } }),
  ],
  [
    'proxy',
    (value) => {
      const proxy = withScheme(value);
      return { env: { ALL_PROXY: proxy, HTTPS_PROXY: proxy, HTTP_PROXY: proxy } };
    },
  ],
  ['timeout', timeout],
  ['default-timeout', timeout],
]);

/**
 * The settings of pip as settings of uv, so that both get packages from the same places.
 *
 * @param listed the output of `pip config list`
 * @param workingDirectory where relative paths start
 * @returns undefined when a setting has no counterpart in uv
 */
export function asUvSettings(listed: string, workingDirectory: string): UvSettings | undefined {
  const env: Record<string, string> = {};
  const options: string[] = [];
  for (const [name, value] of settingsIn(listed)) {
    if (WITHOUT_EFFECT.test(name)) continue;
    const counterpart = COUNTERPARTS.get(name)?.(value, workingDirectory);
    if (!counterpart) return undefined;
    Object.assign(env, counterpart.env);
    options.push(...(counterpart.options ?? []));
  }
  return { env, options };
}

function settingsIn(listed: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  const found = listed.split('\n').map((line) => LINE.exec(line.trim())?.groups ?? {});
  for (const section of SECTIONS)
    for (const { name = '', value = '' } of found.filter((each) => each.section === section))
      settings.set(name, unescaped(value));
  return settings;
}

function wordsOf(value: string): string[] {
  return value.split(/\s+/).filter((word) => word !== '');
}

/** The option for each word of the value. */
function each(option: string, value: string, argument = (word: string) => word): Partial<UvSettings> {
  return { options: wordsOf(value).flatMap((word) => [option, argument(word)]) };
}

function isUrl(value: string): boolean {
  return /^[a-z][a-z+]*:\/\//i.test(value);
}

function isTrue(value: string): boolean {
  return /^(1|true|yes|on|y|t)$/i.test(value);
}

function withScheme(value: string): string {
  return isUrl(value) ? value : `http://${value}`;
}

function unescaped(value: string): string {
  const characters: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };
  return value.replace(/\\(.)/g, (_, character: string) => characters[character] ?? character);
}
