/**
 * The stand-in for the model API in its own process, so that its CPU time is not counted with that of its clients.
 *
 *     api-process.ts <latency in ms> <file of samples that the API answers>…
 */
import { knowledgeFrom } from '../test/stand-ins/knowledge.ts';
import { startModelApi } from '../test/stand-ins/model-api.ts';

/** A message to this process. The reply to `answered 500` comes once 500 responses were sent since the last `forget`. */
export type ApiMessage = 'counts' | 'forget' | `answered ${number}`;

/** The reply to every message. */
export interface Counts {
  readonly received: number;
  /** Requests that have no response yet, and whose client still waits for one. */
  readonly open: number;
}

const POLL_MS = 2;

const [latencyMs = '0', ...samples] = process.argv.slice(2);
const api = await startModelApi({ latencyMs: Number(latencyMs), knowledge: await knowledgeFrom(...samples) });
process.send?.({ url: api.url });
process.on('message', (message: ApiMessage) => {
  const awaited = /^answered (\d+)$/.exec(message);
  if (awaited) return replyWhenAnswered(Number(awaited[1]));
  if (message === 'forget') api.forget();
  reply();
});
process.once('disconnect', () => process.exit());

function reply(): void {
  const { received, answered, aborted } = api.counts();
  process.send?.({ received, open: received - answered - aborted } satisfies Counts);
}

function replyWhenAnswered(count: number): void {
  if (api.requests.length >= count && api.counts().answered >= count) reply();
  else setTimeout(() => replyWhenAnswered(count), POLL_MS);
}
