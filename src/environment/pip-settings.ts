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

/**
 * The settings of pip as settings of uv, so that both get packages from the same places.
 *
 * @param listed the output of `pip config list`
 * @param workingDirectory where relative paths start
 * @returns undefined when a setting has no counterpart in uv
 */
export function asUvSettings(listed: string, workingDirectory: string): UvSettings | undefined {
  const settings = new Map<string, string>();
  const found = listed.split('\n').map((line) => LINE.exec(line.trim())?.groups ?? {});
  for (const section of SECTIONS)
    for (const { name = '', value = '' } of found.filter((each) => each.section === section))
      settings.set(name, unescaped(value));

  const env: Record<string, string> = {};
  const options: string[] = [];
  for (const [name, value] of settings) {
    const words = value.split(/\s+/).filter((word) => word !== '');
    const each = (option: string, of = words) => options.push(...of.flatMap((word) => [option, word]));
    if (name === 'index-url' && isUrl(value)) env.UV_DEFAULT_INDEX = value;
    else if (name === 'extra-index-url' && words.every(isUrl)) {
      env.UV_INDEX = words.join(' ');
      // pip looks at all indexes. The hashes keep either from getting another file.
      options.push('--index-strategy', 'unsafe-best-match');
    } else if (name === 'find-links')
      each(
        '--find-links',
        words.map((word) => (isUrl(word) ? word : resolve(workingDirectory, word))),
      );
    else if (name === 'no-index') options.push(...(isTrue(value) ? ['--no-index'] : []));
    else if (name === 'trusted-host') each('--allow-insecure-host');
    else if (name === 'cert') env.SSL_CERT_FILE = resolve(workingDirectory, value);
    else if (name === 'client-cert') env.SSL_CLIENT_CERT = resolve(workingDirectory, value);
    else if (name === 'proxy') env.ALL_PROXY = env.HTTPS_PROXY = env.HTTP_PROXY = withScheme(value);
    else if (name === 'timeout' || name === 'default-timeout') env.UV_HTTP_TIMEOUT = value;
    else if (!WITHOUT_EFFECT.test(name)) return undefined;
  }
  return { env, options };
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
