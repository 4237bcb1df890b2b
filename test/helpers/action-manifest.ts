import { parse } from 'yaml';

/** The part of an action.yml that a runner needs. */
export interface Manifest {
  /** The default of each input. Like a runner, it gives an input without a default the empty string. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly main: string;
  readonly post: string | undefined;
}

interface ActionYaml {
  readonly inputs?: Readonly<Record<string, { readonly default?: unknown } | null>>;
  readonly runs?: Readonly<Record<string, string>>;
}

/** Parses an action.yml. @throws for anything that only a real runner can evaluate */
export function readManifest(yaml: string): Manifest {
  const { inputs = {}, runs = {} } = parse(yaml) as ActionYaml;
  if (!runs.using?.startsWith('node') || runs.main === undefined) {
    throw new Error(
      'action.yml is not that of a JavaScript action: it needs runs.using: node… and runs.main.',
    );
  }
  if (runs.post !== undefined && runs['post-if'] !== undefined && !/always\(\)/.test(runs['post-if'])) {
    throw new Error(`This stand-in for a runner supports only post-if: always(), not ${runs['post-if']}.`);
  }
  const defaults = Object.entries(inputs).map(([name, input]) => [name, defaultOf(input?.default)]);
  return { inputs: Object.fromEntries(defaults), main: runs.main, post: runs.post };
}

function defaultOf(value: unknown): string {
  const text = String(value ?? '');
  // No job here has a matrix.
  if (text === `\${{ toJSON(matrix) }}`) return 'null';
  // A test that needs a token gives it.
  if (text === `\${{ github.token }}`) return '';
  if (text.includes('${{')) throw new Error(`This stand-in for a runner cannot evaluate ${text}.`);
  return text;
}
