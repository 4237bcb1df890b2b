/**
 * Runs benchmarks and writes what they measured into RESULTS.md, a section each.
 *
 *     npm run bench                all
 *     npm run bench -- gateway     one
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { gatewayBench } from './gateway.ts';
import type { Section } from './measure.ts';

const BENCHES: Readonly<Record<string, () => Promise<Section>>> = { gateway: gatewayBench };

const RESULTS = join(import.meta.dirname, 'RESULTS.md');

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !Object.hasOwn(BENCHES, name));
if (unknown)
  throw new Error(`There is no benchmark ${unknown}; there are ${Object.keys(BENCHES).join(', ')}`);

for (const [name, bench] of Object.entries(BENCHES)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const { title, markdown } = await bench();
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 1024 ** 3)} GB, Node ${process.versions.node}`;
  const section = `## ${title}\n\n${markdown}\n\n\`npm run bench -- ${name}\`, ${new Date().toISOString().slice(0, 10)}, ${machine}\n`;
  console.log(`\n${section}`);
  write(name, section);
}

function write(name: string, section: string): void {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const text = readFileSync(RESULTS, 'utf8');
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`RESULTS.md has no place for ${name}: ${begin} … ${end}`);
  writeFileSync(RESULTS, `${text.slice(0, from + begin.length)}\n\n${section}\n${text.slice(to)}`);
}
