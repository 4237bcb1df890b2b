/**
 * Runs benchmarks and writes what they measure into RESULTS.md, one section for each benchmark.
 *
 *     npm run bench                                        all benchmarks
 *     npm run bench -- gateway                             one of them
 *     npm run bench -- evalset --pairs 5                   compares five times instead of three
 *     npm run bench -- evalset --part no-op --part set     only these parts; RESULTS.md stays as it is
 *     npm run bench -- evalset --part older --older v0.1   compares the no-op with that of another git revision
 *     npm run bench -- evalset --part start --older v0.1   compares the start on a new machine with that of another revision
 *
 * RESULTS.md is written only by whole benchmarks with at least three pairs. The last lines of the output list the targets
 * that were missed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { answersBench } from './answers.ts';
import { cancelBench } from './cancel.ts';
import { evalsetBench } from './evalset.ts';
import { gatewayBench } from './gateway.ts';
import type { BenchOptions } from './measure.ts';
import { reportsBench } from './reports.ts';
import type { Section } from './section.ts';
import { shardsBench } from './shards.ts';

const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<Section>>> = {
  gateway: gatewayBench,
  evalset: evalsetBench,
  cancel: cancelBench,
  reports: reportsBench,
  shards: shardsBench,
  answers: answersBench,
};

/** The median of fewer pairs is too uncertain to publish. */
const MIN_PAIRS = 3;
/** Samples of the large eval. */
const SAMPLES = 1000;

const RESULTS = join(import.meta.dirname, 'RESULTS.md');

const { values, positionals: chosen } = parseArgs({
  options: {
    pairs: { type: 'string', default: String(MIN_PAIRS) },
    samples: { type: 'string', default: String(SAMPLES) },
    part: { type: 'string', multiple: true, default: [] },
    older: { type: 'string' },
  },
  allowPositionals: true,
});
const options: BenchOptions = {
  pairs: positive('pairs', values.pairs),
  samples: positive('samples', values.samples),
  parts: values.part,
  older: values.older,
};
const unknown = chosen.find((name) => !Object.hasOwn(BENCHES, name));
if (unknown !== undefined)
  throw new Error(`There is no benchmark ${unknown}. Choose from: ${Object.keys(BENCHES).join(', ')}.`);
const publishes = options.samples === SAMPLES && options.parts.length === 0 && options.pairs >= MIN_PAIRS;

const allMissed: string[] = [];
for (const [name, bench] of Object.entries(BENCHES)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const { title, markdown, missed } = await bench(options);
  allMissed.push(...missed.map((row) => `${title}: ${row}`));
  const section = `## ${title}\n\n${markdown}\n\n\`npm run bench -- ${command(name)}\`, ${dateAndMachine()}\n`;
  console.log(`\n${section}`);
  if (publishes) write(name, section);
}
if (!publishes)
  console.log(
    `RESULTS.md is unchanged: only whole benchmarks with ${MIN_PAIRS} or more pairs are written to it.`,
  );
if (allMissed.length === 0) console.log('All targets were reached.');
else console.log(`Missed targets:\n${allMissed.map((row) => `- ${row}`).join('\n')}`);

function positive(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new Error(`--${option} must be a whole number of at least 1, not ${text}.`);
}

/** The arguments that measure this benchmark again. */
function command(name: string): string {
  const { pairs, samples, parts, older } = options;
  const changed = [
    ...parts.map((part) => `--part ${part}`),
    ...(pairs === MIN_PAIRS ? [] : [`--pairs ${pairs}`]),
    ...(samples === SAMPLES ? [] : [`--samples ${samples}`]),
    ...(older === undefined ? [] : [`--older ${older}`]),
  ];
  return [name, ...changed].join(' ');
}

function dateAndMachine(): string {
  const processors = `${cpus().length} cores (${cpus()[0]?.model.trim()})`;
  const memory = `${Math.round(totalmem() / 1024 ** 3)} GB`;
  return `${new Date().toISOString().slice(0, 10)}, ${processors}, ${memory}, Node ${process.versions.node}`;
}

/** Replaces what RESULTS.md has between the markers of the benchmark. */
function write(name: string, section: string): void {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const text = readFileSync(RESULTS, 'utf8');
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from)
    throw new Error(
      `RESULTS.md has no section ${name}. Add the lines ${begin} and ${end}, and run this again.`,
    );
  writeFileSync(RESULTS, `${text.slice(0, from + begin.length)}\n\n${section}\n${text.slice(to)}`);
}
