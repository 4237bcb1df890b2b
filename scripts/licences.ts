/** The licences of the packages in a bundle, from the statistics of its build. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What webpack says of a module; one that was joined from others lists them. */
export interface BundledModule {
  /** The path of its file, behind the loaders that read it. */
  readonly identifier?: string;
  readonly modules?: readonly BundledModule[];
}

/** Name and version, licence, and the text of the licence, of each package once, sorted by name. */
export function licencesOf(modules: readonly BundledModule[]): string {
  const directories = new Set(modules.flatMap((module) => [...packagesIn(module)]));
  return [...directories].map(licence).sort().join('\n');
}

/** Written by scripts/prices.ts from a package that is not bundled itself. */
const PRICE_LIST = join('price', 'price-list.js');
const PRICES = join(import.meta.dirname, '../node_modules/@pydantic/genai-prices');

function* packagesIn({ identifier = '', modules = [] }: BundledModule): Generator<string> {
  const file = identifier.split(/[!|]/).find((part) => part.includes('node_modules/') && !isLoader(part));
  const [directory] = /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file ?? '') ?? [];
  if (directory) yield directory;
  if (identifier.endsWith(PRICE_LIST)) yield PRICES;
  for (const module of modules) yield* packagesIn(module);
}

const isLoader = (path: string): boolean => path.includes('node_modules/@vercel/ncc/');

function licence(directory: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string;
  };
  const file = readdirSync(directory).find((each) => /^licen[cs]e/i.test(each));
  if (!file && !license) throw new Error(`${name} in ${dirname(directory)} has no licence`);
  const text = file ? readFileSync(join(directory, file), 'utf8').replaceAll('\r\n', '\n').trim() : '';
  return `${name} ${version}\n${license ?? ''}\n${text}\n`;
}
