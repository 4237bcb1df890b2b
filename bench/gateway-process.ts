/** The gateway with one eval and its journal, in its own process, so that its CPU time and memory can be measured. */
import { startGateway } from '../src/gateway/gateway.ts';
import { providerUrls } from '../src/gateway/providers.ts';
import { keepMemorySmall } from '../src/process/memory.ts';
import { Journal } from '../src/progress/journal.ts';
import { Journals } from '../src/progress/journals.ts';
import { statePaths } from '../src/progress/paths.ts';
import { silentLog } from '../test/helpers/silent-log.ts';

/** `restart` begins a new attempt of the eval, which replays what was recorded. The reply to each message is the usage. */
export type GatewayMessage = 'open' | 'restart' | 'usage';

export interface Usage {
  readonly rssBytes: number;
  readonly cpuMicroseconds: number;
  readonly sent: number;
  readonly replayed: number;
  readonly recorded: number;
}

// main calls it first, too.
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

process.on('message', (message: GatewayMessage) => {
  if (message === 'restart') lane.restart();
  const { user, system } = process.cpuUsage();
  const usage: Usage = {
    rssBytes: process.memoryUsage.rss(),
    cpuMicroseconds: user + system,
    sent: lane.traffic().sent,
    replayed: lane.traffic().replayed,
    recorded: journal.size,
  };
  process.send?.({ url: lane.env.OPENAI_BASE_URL, ...usage });
});
process.once('disconnect', () => process.exit());
