/**
 * Runs benchmarks and writes what they measured into RESULTS.md, a section each.
 *
 *     npm run bench                                    all
 *     npm run bench -- gateway                         one
 *     npm run bench -- evalset --pairs 5               compares so many times
 *     npm run bench -- evalset --part no-op --part set a look at parts of it, which RESULTS.md does not keep
 *
 * Nor does it keep medians of fewer than three. What was missed is said at the end.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cancelBench } from './cancel.ts';
import { evalsetBench } from './evalset.ts';
import { gatewayBench } from './gateway.ts';
import type { BenchOptions, Section } from './measure.ts';

const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<Section>>> = {
  gateway: gatewayBench,
  evalset: evalsetBench,
  cancel: cancelBench,
};

/** Of fewer pairs a median says nothing. */
const FEWEST = 3;

const RESULTS = join(import.meta.dirname, 'RESULTS.md');

const { values, positionals: asked } = parseArgs({
  options: {
    pairs: { type: 'string', default: '3' },
    samples: { type: 'string' },
    part: { type: 'string', multiple: true, default: [] },
  },
  allowPositionals: true,
});
const options = { pairs: Number(values.pairs), samples: Number(values.samples ?? 1000), parts: values.part };
if (!(options.pairs >= 1)) throw new Error(`--pairs ${values.pairs} is no number of pairs`);
const kept = values.samples === undefined && values.part.length === 0 && options.pairs >= FEWEST;
const unknown = asked.find((name) => !Object.hasOwn(BENCHES, name));
if (unknown)
  throw new Error(`There is no benchmark ${unknown}; there are ${Object.keys(BENCHES).join(', ')}`);

const allMissed: string[] = [];
for (const [name, bench] of Object.entries(BENCHES)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const { title, markdown, missed } = await bench(options);
  allMissed.push(...missed.map((what) => `${title}: ${what}`));
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 1024 ** 3)} GB, Node ${process.versions.node}`;
  const section = `## ${title}\n\n${markdown}\n\n\`npm run bench -- ${name}\`, ${new Date().toISOString().slice(0, 10)}, ${machine}\n`;
  console.log(`\n${section}`);
  if (kept) write(name, section);
}
if (!kept) console.log('RESULTS.md stays as it is: it keeps whole benchmarks of three pairs and more.');
if (allMissed.length === 0) console.log('All aims were reached.');
else console.log(`Aims that were missed:\n${allMissed.map((what) => `- ${what}`).join('\n')}`);

function write(name: string, section: string): void {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const text = readFileSync(RESULTS, 'utf8');
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`RESULTS.md has no place for ${name}: ${begin} … ${end}`);
  writeFileSync(RESULTS, `${text.slice(0, from + begin.length)}\n\n${section}\n${text.slice(to)}`);
}
