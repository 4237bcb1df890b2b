import { parse } from 'yaml';

/** What a runner needs of an action.yml. */
export interface Manifest {
  /** Defaults by the name of the input. An input without a default has the empty text, as a runner gives it. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly main: string;
  readonly post: string | undefined;
}

interface ActionYaml {
  readonly inputs?: Readonly<Record<string, { readonly default?: unknown } | null>>;
  readonly runs?: Readonly<Record<string, string>>;
}

/** Reads the text of an action.yml. It refuses what only a real runner can evaluate. */
export function readManifest(yaml: string): Manifest {
  const { inputs = {}, runs = {} } = parse(yaml) as ActionYaml;
  if (!runs.using?.startsWith('node') || runs.main === undefined) {
    throw new Error('action.yml does not say which JavaScript to run');
  }
  if (runs.post !== undefined && runs['post-if'] !== undefined && !/always\(\)/.test(runs['post-if'])) {
    throw new Error(`only post-if: always() is known here, not ${runs['post-if']}`);
  }
  const defaults = Object.entries(inputs).map(([name, input]) => [name, defaultOf(input?.default)]);
  return { inputs: Object.fromEntries(defaults), main: runs.main, post: runs.post };
}

function defaultOf(value: unknown): string {
  const text = String(value ?? '');
  // Every job here is one without a matrix.
  if (text === `\${{ toJSON(matrix) }}`) return 'null';
  if (text.includes('${{')) throw new Error(`cannot evaluate ${text}`);
  return text;
}
