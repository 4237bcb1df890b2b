/**
 * The stand-in for the model API in a process of its own, so that what it costs is not counted with what asks it.
 *
 *     api-process.ts <latency in milliseconds> <file of samples that it answers>
 */
import { knowledgeFrom } from '../test/stand-ins/knowledge.ts';
import { startModelApi } from '../test/stand-ins/model-api.ts';

/** `answered 500` is told when so many answers have left since the last `forget`. */
export type Question = 'counts' | 'forget' | `answered ${number}`;

export interface Counts {
  readonly received: number;
  /** Neither answered nor given up by who asked. */
  readonly open: number;
}

const POLL = 2;

const [latency = '0', ...samples] = process.argv.slice(2);
const api = await startModelApi({ latencyMs: Number(latency), knowledge: await knowledgeFrom(...samples) });
process.send?.({ url: api.url });
process.on('message', (question: Question) => {
  const awaited = /^answered (\d+)$/.exec(question);
  if (awaited) return whenAnswered(Number(awaited[1]));
  if (question === 'forget') api.forget();
  tell();
});
process.once('disconnect', () => process.exit());

function tell(): void {
  const { received, answered, aborted } = api.counts();
  process.send?.({ received, open: received - answered - aborted } satisfies Counts);
}

function whenAnswered(count: number): void {
  if (api.requests.length >= count && api.counts().answered >= count) tell();
  else setTimeout(() => whenAnswered(count), POLL);
}
