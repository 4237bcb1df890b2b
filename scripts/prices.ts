/**
 * Writes src/price/price-list.ts from the npm package @pydantic/genai-prices: the prices of text tokens of all its providers.
 * `--check` only compares. To take newer prices: `npm install --save-dev --save-exact @pydantic/genai-prices@latest`, then
 * `npm run prices`.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  type ConditionalPrice,
  type MatchLogic,
  type ModelInfo,
  type ModelPrice,
  type Provider,
  waitForUpdate,
} from '@pydantic/genai-prices';
import type { ListedModel, ListedPrice, ListedProvider, Match, PriceInForce } from '../src/price/list.ts';

const SOURCE = '@pydantic/genai-prices';

const path = join(import.meta.dirname, '../src/price/price-list.ts');

/** Bills that do not depend on text tokens alone. Models that have one of them are left out: a part of a cost is a wrong cost. */
const OTHER_BILLS =
  /^(requests_kcount|input_text_messages_kcount|output_reasoning_mtok|output_citation_mtok)$/;

/** Sold only by a seat, not by the token, so the list has no prices of an API. */
const NOT_BY_TOKEN: ReadonlySet<string> = new Set(['cursor', 'github-copilot']);

function providersOf(providers: readonly Provider[]): ListedProvider[] {
  return providers
    .filter(({ id }) => !NOT_BY_TOKEN.has(id))
    .map(({ id, api_pattern: url, fallback_model_providers: alsoOf = [], models }) => ({
      id,
      url,
      ...(alsoOf.length > 0 ? { alsoOf } : {}),
      models: models.map(listedModel),
    }));
}

/** Without a price, but in the list: no later entry may match a name that belongs to this one. */
function listedModel({ match, prices }: ModelInfo): ListedModel {
  const listed = Array.isArray(prices) ? prices.flatMap(inForce) : listedPrice(prices);
  return [matchOf(match), listed ?? []];
}

function inForce({ constraint, prices }: ConditionalPrice): PriceInForce[] {
  const price = listedPrice(prices);
  if (!price) return [];
  if (constraint === undefined) return [{ price }];
  if (constraint.type === 'start_date') return [{ from: constraint.start_date, price }];
  return [{ daily: [minuteOf(constraint.start_time), minuteOf(constraint.end_time)], price }];
}

function minuteOf(time: string): number {
  const [, hours, minutes] = /^(\d\d):(\d\d):00Z$/.exec(time) ?? [];
  if (hours === undefined || minutes === undefined)
    throw new Error(`This time is not in whole minutes: ${time}`);
  return Number(hours) * 60 + Number(minutes);
}

/** The base price where prices have tiers. An entry without any price is free. */
function listedPrice(prices: ModelPrice): ListedPrice | undefined {
  const keys = Object.keys(prices);
  if (keys.length === 0) return [0, 0];
  if (keys.some((key) => OTHER_BILLS.test(key))) return undefined;
  const [input, output, cached] = ['input_mtok', 'output_mtok', 'cache_read_mtok'].map((key) =>
    base(prices[key]),
  );
  // Some models bill no output, such as those for embeddings; sound and pictures are billed in other units.
  if (input === undefined || (output === undefined && keys.some((key) => /audio|image|video|page/.test(key))))
    return undefined;
  return cached === undefined ? [input, output ?? 0] : [input, output ?? 0, cached];
}

function base(price: ModelPrice[string]): number | undefined {
  return typeof price === 'object' ? price.base : price;
}

function matchOf(match: MatchLogic): Match {
  if ('equals' in match) return `=${match.equals.toLowerCase()}`;
  if ('starts_with' in match) return `^${match.starts_with.toLowerCase()}`;
  if ('ends_with' in match) return `$${match.ends_with.toLowerCase()}`;
  if ('contains' in match) return `*${match.contains.toLowerCase()}`;
  if ('regex' in match) return `/${match.regex}`;
  if ('and' in match) return { all: match.and.map(matchOf) };
  return match.or.map(matchOf);
}

function format(providers: readonly ListedProvider[], version: string, date: string): string {
  const entries = providers.map(({ models, ...provider }) => {
    const lines = models.map((model) => `      ${JSON.stringify(model)},\n`).join('');
    return `    {\n      ...${JSON.stringify(provider)},\n      models: [\n${lines}      ],\n    },\n`;
  });
  return [
    `// Written by 'npm run prices' from ${SOURCE} ${version} (MIT, in licence.txt beside this file). Do not edit.\n`,
    "import type { PriceList } from './list.ts';\n\n",
    'export const priceList: PriceList = {\n',
    `  source: '${SOURCE}',\n  version: '${version}',\n  date: '${date}',\n  providers: [\n`,
    ...entries,
    '  ],\n};\n',
  ].join('');
}

const packageDirectory = join(dirname(createRequire(import.meta.url).resolve(SOURCE)), '..');
const { version } = JSON.parse(readFileSync(join(packageDirectory, 'package.json'), 'utf8')) as {
  readonly version: string;
};
const isCheck = process.argv.includes('--check');
const written = isCheck ? readFileSync(path, 'utf8') : '';
const [, knownDate] = /^ {2}date: '(.*)',$/m.exec(written) ?? [];
const date = knownDate ?? publishedOn(version);
const text = format(providersOf((await waitForUpdate()) ?? []), version, date);
if (!isCheck) {
  writeFileSync(path, text);
  writeFileSync(join(dirname(path), 'licence.txt'), readFileSync(join(packageDirectory, 'LICENSE')));
} else if (written !== text) {
  console.error(
    `src/price/price-list.ts differs from ${SOURCE} ${version}. Run 'npm run prices' to update it.`,
  );
  process.exitCode = 1;
}

function publishedOn(of: string): string {
  const times: unknown = JSON.parse(
    execFileSync('npm', ['view', `${SOURCE}@${of}`, 'time', '--json'], { encoding: 'utf8' }),
  );
  const time: unknown = typeof times === 'object' && times !== null ? Reflect.get(times, of) : undefined;
  if (typeof time !== 'string')
    throw new Error(`The registry does not say when ${SOURCE} ${of} was published.`);
  return time.slice(0, 10);
}
