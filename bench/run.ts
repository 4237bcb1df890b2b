/**
 * Runs benchmarks and writes what they measured into RESULTS.md, a section each.
 *
 *     npm run bench                                    all
 *     npm run bench -- gateway                         one
 *     npm run bench -- evalset --pairs 5               compares so many times
 *     npm run bench -- evalset --part no-op --part set a look at parts of it, which RESULTS.md does not keep
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
const whole = values.samples === undefined && values.part.length === 0;
const unknown = asked.find((name) => !Object.hasOwn(BENCHES, name));
if (unknown)
  throw new Error(`There is no benchmark ${unknown}; there are ${Object.keys(BENCHES).join(', ')}`);

for (const [name, bench] of Object.entries(BENCHES)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const { title, markdown } = await bench(options);
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 1024 ** 3)} GB, Node ${process.versions.node}`;
  const section = `## ${title}\n\n${markdown}\n\n\`npm run bench -- ${name}\`, ${new Date().toISOString().slice(0, 10)}, ${machine}\n`;
  console.log(`\n${section}`);
  if (whole) write(name, section);
}

function write(name: string, section: string): void {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const text = readFileSync(RESULTS, 'utf8');
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`RESULTS.md has no place for ${name}: ${begin} … ${end}`);
  writeFileSync(RESULTS, `${text.slice(0, from + begin.length)}\n\n${section}\n${text.slice(to)}`);
}
