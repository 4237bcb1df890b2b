/**
 * What the gateway costs. The same small requests go directly to the API and through the gateway, in turns. Then responses
 * are replayed from a small journal and from one of 1 GB. The API, the gateway and the clients each have their own process.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Journal } from '../src/progress/journal.ts';
import { statePaths } from '../src/progress/paths.ts';
import { chat, type Load } from './chat-load.ts';
import type { GatewayMessage, Usage } from './gateway-process.ts';
import { median, whole } from './measure.ts';
import { Program } from './program.ts';
import { NO_TARGET, type Row, type Section, section, target } from './section.ts';

const ROUNDS = 5;
/** Requests that are not measured. */
const WARM_UP = 2000;
const SMALL_REQUESTS = 10_000;
const GIGABYTE = 1024 ** 3;
const LARGE_BODY_BYTES = 1024 * 1024;

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

/** A gateway in its own process, and the address of its lane. */
async function startGateway(api: string, root: string) {
  const program = new Program('gateway-process.ts', [api, root]);
  const ask = (message: GatewayMessage) => program.ask<Usage & { readonly url: string }>(message);
  const opened = await ask('open');
  return { url: opened.url, opened, ask, stop: () => program.stop() };
}

async function smallRequests(direct: string, root: string): Promise<Row[]> {
  const gateway = await startGateway(direct, root);
  const { url } = gateway;
  await chat(url, 0, WARM_UP, 32);
  await chat(direct, 0, WARM_UP, 32);

  const addedMs = await addedLatencies(url, direct, WARM_UP);
  const sent = WARM_UP + ROUNDS * 1000;

  const load = async (from: number, to: number) => {
    const before = await gateway.ask('usage');
    const run = await chat(url, from, to, 32);
    const after = await gateway.ask('usage');
    return { ...rates(run, after.cpuMicroseconds - before.cpuMicroseconds), rssBytes: after.rssBytes };
  };
  const recorded = await load(sent, sent + SMALL_REQUESTS);
  const straight = await chat(direct, sent, sent + SMALL_REQUESTS, 32);
  await gateway.ask('restart');
  const replayed = await load(sent, sent + SMALL_REQUESTS);
  const usage = await gateway.ask('usage');
  await gateway.stop();
  if (usage.replayed !== SMALL_REQUESTS)
    throw new Error(`The gateway replayed ${usage.replayed} of ${SMALL_REQUESTS} responses.`);
  return [
    [
      `median latency added to one request at a time (${ROUNDS} rounds of 1,000; minimum to maximum)`,
      `${median(addedMs).toFixed(2)} ms (${Math.min(...addedMs).toFixed(2)} to ${Math.max(...addedMs).toFixed(2)})`,
      target('<', 1, 'ms', addedMs),
    ],
    [
      'requests, recorded, 32 in flight',
      perSecond(recorded),
      target('>', 2000, 'per CPU second', recorded.core),
    ],
    ['the same directly to the stand-in', `${whole(rates(straight, 0).wall)} per second`, NO_TARGET],
    ['requests, replayed', perSecond(replayed), target('>', 4000, 'per CPU second', replayed.core)],
    ['memory after that', megabytes(replayed.rssBytes), maxMemory(replayed.rssBytes)],
  ];
}

/** The difference of the median latencies through the gateway and without it, in each round. */
async function addedLatencies(url: string, direct: string, first: number): Promise<number[]> {
  const addedMs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const from = first + round * 1000;
    const straight = await chat(direct, from, from + 1000, 1);
    const through = await chat(url, from, from + 1000, 1);
    addedMs.push(median(through.latenciesMs) - median(straight.latenciesMs));
  }
  return addedMs;
}

/** Replays small responses from a journal that also has large ones, of 1 MB each, which do not compress. */
async function largeJournal(direct: string, root: string): Promise<Row[]> {
  await writeLargeJournal(direct, root);
  const begun = performance.now();
  const gateway = await startGateway(direct, root);
  const openedMs = performance.now() - begun;
  let peakBytes = gateway.opened.rssBytes;
  for (let from = 0; from < SMALL_REQUESTS; from += SMALL_REQUESTS / 10) {
    await chat(gateway.url, from, from + SMALL_REQUESTS / 10, 32);
    peakBytes = Math.max(peakBytes, (await gateway.ask('usage')).rssBytes);
  }
  const { sent, replayed } = await gateway.ask('usage');
  await gateway.stop();
  if (sent > 0 || replayed !== SMALL_REQUESTS)
    throw new Error(
      `The gateway replayed ${replayed} of ${SMALL_REQUESTS} responses, and sent ${sent} requests.`,
    );
  return [
    [
      `opening a journal of 1 GB (${whole(gateway.opened.recorded)} responses), with the start of the process`,
      `${(openedMs / 1000).toFixed(1)} s`,
      NO_TARGET,
    ],
    [
      `peak memory while ${whole(SMALL_REQUESTS)} responses are replayed from it`,
      megabytes(peakBytes),
      maxMemory(peakBytes),
    ],
  ];
}

async function writeLargeJournal(direct: string, root: string): Promise<void> {
  const gateway = await startGateway(direct, root);
  await chat(gateway.url, 0, SMALL_REQUESTS, 32);
  await gateway.stop();
  const owner = { eval: 'bench.dev.v0', repository: 'o/r', fingerprint: '0'.repeat(64), parts: {} };
  const { journal } = Journal.open(statePaths(root, 'gpt-4', 'bench'), owner);
  const usage = { prompt: 0, completion: 0, cached: 0, reasoning: 0 };
  // The journal holds bodies as base64, which is a third longer.
  for (let size = 0; size < GIGABYTE; size += LARGE_BODY_BYTES * (4 / 3)) {
    const body = randomBytes(LARGE_BODY_BYTES);
    journal.append(randomBytes(32).toString('hex'), 0, { status: 200, type: 'audio/wav', body, usage });
  }
  journal.seal();
  journal.close();
}

/** Requests per second of wall time, and per second of CPU time of the gateway. */
interface Rates {
  readonly wall: number;
  readonly core: number;
}

function rates({ elapsedMs, latenciesMs }: Load, cpuMicroseconds: number): Rates {
  const count = latenciesMs.length;
  return { wall: (count / elapsedMs) * 1000, core: count / (cpuMicroseconds / 1e6) };
}

function perSecond({ wall, core }: Rates): string {
  return `${whole(core)} per CPU second (${whole(wall)} per second)`;
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MB`;
const maxMemory = (bytes: number) => target('<', 150, 'MB', bytes / 1024 ** 2);
