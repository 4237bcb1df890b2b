/** The gateway with one eval and its journal, in a process of its own, so that its CPU time and memory can be told apart. */
import { startGateway } from '../src/gateway/gateway.ts';
import { providerUrls } from '../src/gateway/providers.ts';
import { keepMemorySmall } from '../src/process/memory.ts';
import { Journal } from '../src/progress/journal.ts';
import { Journals } from '../src/progress/journals.ts';
import { statePaths } from '../src/progress/paths.ts';
import { silentLog } from '../test/helpers/silent-log.ts';

export type Order = 'open' | 'restart' | 'usage';

/** Memory in bytes, CPU time in microseconds. */
export interface Usage {
  readonly rss: number;
  readonly cpu: number;
  readonly sent: number;
  readonly replayed: number;
  readonly kept: number;
}

// As main does.
keepMemorySmall();
const [api = '', root = ''] = process.argv.slice(2);
const gateway = await startGateway({
  env: {},
  urls: providerUrls({ OPENAI_BASE_URL: api }),
  maxRequestsInFlight: 1000,
  log: silentLog,
});
const paths = statePaths(root, 'gpt-4', 'bench');
const owner = { eval: 'bench.dev.v0', repository: 'o/r', fingerprint: '0'.repeat(64), parts: {} };
new Journals(paths).sealOpenSegments();
const { journal } = Journal.open(paths, owner);
const lane = gateway.openLane('bench', journal);

process.on('message', (order: Order) => {
  if (order === 'restart') lane.restart();
  const { user, system } = process.cpuUsage();
  const usage: Usage = {
    rss: process.memoryUsage.rss(),
    cpu: user + system,
    sent: lane.traffic().sent,
    replayed: lane.traffic().replayed,
    kept: journal.size,
  };
  process.send?.({ url: lane.env.OPENAI_BASE_URL, ...usage });
});
process.once('disconnect', () => process.exit());
