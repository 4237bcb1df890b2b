/**
 * What the gateway costs: the same small requests straight to the API and through it, in turns; then replay from a small
 * journal and from one of 1 GB. API, gateway and clients each have a process.
 */

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Journal } from '../src/progress/journal.ts';
import { statePaths } from '../src/progress/paths.ts';
import type { Usage } from './gateway-process.ts';
import { aim, chat, type Load, median, NO_AIM, Program, type Row, type Section, section } from './measure.ts';

const ROUNDS = 5;
const SMALL = 10_000;
const GIGABYTE = 1024 ** 3;
const BIG_BODY = 1024 * 1024;

export async function gatewayBench(): Promise<Section> {
  const root = mkdtempSync(join(tmpdir(), 'oaievalset-bench-'));
  const api = new Program('../test/stand-ins/constant-api.ts');
  try {
    const { url: direct } = await api.message<{ url: string }>();
    const rows: Row[] = [
      ...(await smallRequests(direct, join(root, 'small'))),
      ...(await largeJournal(direct, join(root, 'large'))),
    ];
    return section('Gateway', '', ['what', 'measured'], rows);
  } finally {
    await api.stop();
    rmSync(root, { recursive: true, force: true });
  }
}

async function smallRequests(direct: string, root: string): Promise<Row[]> {
  const gateway = new Program('gateway-process.ts', [direct, root]);
  const { url } = await gateway.ask<{ url: string }>('open');
  await chat(url, 0, 2000, 32);
  await chat(direct, 0, 2000, 32);

  const added: number[] = [];
  let sent = 2000;
  for (let round = 0; round < ROUNDS; round += 1) {
    const straight = await chat(direct, sent, sent + 1000, 1);
    const through = await chat(url, sent, sent + 1000, 1);
    added.push(median(through.latencies) - median(straight.latencies));
    sent += 1000;
  }

  const load = async (from: number, to: number) => {
    const before = await gateway.ask<Usage>('usage');
    const run = await chat(url, from, to, 32);
    const after = await gateway.ask<Usage>('usage');
    return { ...rates(run, after.cpu - before.cpu), rss: after.rss };
  };
  const recorded = await load(sent, sent + SMALL);
  const straight = await chat(direct, sent, sent + SMALL, 32);
  await gateway.ask('restart');
  const replayed = await load(sent, sent + SMALL);
  const { replayed: count } = await gateway.ask<Usage>('usage');
  if (count !== SMALL) throw new Error(`${count} of ${SMALL} answers were replayed`);
  await gateway.stop();
  return [
    [
      `median latency added to one request at a time (${ROUNDS} rounds of 1,000; least to most)`,
      `${median(added).toFixed(2)} ms (${Math.min(...added).toFixed(2)} to ${Math.max(...added).toFixed(2)})`,
      aim('<', 1, 'ms', added),
    ],
    ['requests a second, recorded, 32 in flight', shown(recorded), aim('>', 2000, 'a core', recorded.core)],
    ['the same straight to the stand-in', `${whole(rates(straight, 0).wall)} by the clock`, NO_AIM],
    ['requests a second, replayed', shown(replayed), aim('>', 4000, 'a core', replayed.core)],
    ['memory after that', megabytes(replayed.rss), aim('<', 150, 'MB', replayed.rss / 1024 ** 2)],
  ];
}

/** Answers that do not compress, of 1 MB each, and small ones between them that are asked for. */
async function largeJournal(direct: string, root: string): Promise<Row[]> {
  const writer = new Program('gateway-process.ts', [direct, root]);
  const { url: first } = await writer.ask<{ url: string }>('open');
  await chat(first, 0, SMALL, 32);
  await writer.stop();
  const owner = { eval: 'bench.dev.v0', repository: 'o/r', fingerprint: '0'.repeat(64), parts: {} };
  const { journal } = Journal.open(statePaths(root, 'gpt-4', 'bench'), owner);
  const usage = { prompt: 0, completion: 0, cached: 0, reasoning: 0 };
  for (let size = 0; size < GIGABYTE; size += BIG_BODY * (4 / 3)) {
    const body = randomBytes(BIG_BODY);
    journal.append(randomBytes(32).toString('hex'), 0, { status: 200, type: 'audio/wav', body, usage });
  }
  journal.seal();
  journal.close();

  const begun = performance.now();
  const gateway = new Program('gateway-process.ts', [direct, root]);
  const { url, rss, kept } = await gateway.ask<Usage & { url: string }>('open');
  const opened = performance.now() - begun;
  let most = rss;
  for (let from = 0; from < SMALL; from += SMALL / 10) {
    await chat(url, from, from + SMALL / 10, 32);
    most = Math.max(most, (await gateway.ask<Usage>('usage')).rss);
  }
  const { sent, replayed } = await gateway.ask<Usage>('usage');
  if (sent > 0 || replayed !== SMALL) throw new Error(`${replayed} replayed, ${sent} sent`);
  await gateway.stop();
  return [
    [
      `opening a journal of 1 GB (${whole(kept)} answers), start of the process included`,
      `${(opened / 1000).toFixed(1)} s`,
      NO_AIM,
    ],
    [
      'most memory while 10,000 answers are replayed from it',
      megabytes(most),
      aim('<', 150, 'MB', most / 1024 ** 2),
    ],
  ];
}

function rates({ elapsed, latencies }: Load, cpuMicroseconds: number) {
  return { wall: (latencies.length / elapsed) * 1000, core: latencies.length / (cpuMicroseconds / 1e6) };
}

function shown({ wall, core }: { wall: number; core: number }): string {
  return `${whole(core)} a core (${whole(wall)} by the clock)`;
}

const whole = (value: number) => Math.round(value).toLocaleString('en');
const megabytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MB`;
