/**
 * A loopback HTTP server between the evals and the model API. It records each response in the journal of the eval, replays
 * it when the eval runs again, and holds all evals to one limit of requests in flight.
 *
 * Each eval reaches it under a path token of its own, which cannot be guessed: `http://127.0.0.1:<port>/<token>/openai`
 * stands for the provider's base URL. The rest of the path is passed on unchanged.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ApiUnusable, reasonOf } from '../errors.ts';
import type { ApiTrouble } from '../model/api-trouble.ts';
import { addTraffic, noTraffic, type Traffic } from '../model/traffic.ts';
import type { Journal } from '../progress/journal.ts';
import type { KeptAnswers } from '../progress/kept-answers.ts';
import { respondWithError } from './http.ts';
import { type ApiLoad, Job } from './job.ts';
import type { JobOptions } from './job-options.ts';
import { Lane } from './lane/lane.ts';
import { withoutProxy } from './loopback.ts';
import { PROVIDERS, type Provider } from './providers.ts';

export interface GatewayOptions extends JobOptions {
  /** False: no eval runs, so no lane is opened. Then it does not listen, which would take time for nothing. */
  readonly isUsed?: boolean;
}

export type { ApiLoad } from './job.ts';
export type { Lane } from './lane/lane.ts';

export interface Gateway {
  /**
   * @param journal where responses are recorded and replayed from; undefined: nowhere
   * @param answers kept answers of an earlier completion, which are replayed as well
   */
  openLane(name: string, journal: Journal | undefined, answers?: KeptAnswers): Lane;
  /** Aborted, with an ApiUnusable, when the API refuses the job or cannot be reached. */
  readonly unusable: AbortSignal;
  /** The reason of `unusable`, with everything that is known when the gateway is closed. */
  whyUnusable(): ApiUnusable | undefined;
  /** The traffic of all evals, closed lanes included. */
  traffic(): Traffic;
  apiLoad(): ApiLoad;
  /** The trouble of the API that keeps responses from coming at present. */
  currentTrouble(): ApiTrouble | undefined;
  /** The trouble of the API that lasts, or lasted when the run stopped; or else the longest. */
  worstTrouble(): ApiTrouble | undefined;
  /** Sends, and pays for, no further request, because the run is ending. What is in flight is still recorded. */
  stop(): void;
  close(): Promise<void>;
}

/** Clients reuse a connection after seconds of silence. If it closes at that moment, their request is lost. */
const KEEP_ALIVE_MS = 5 * 60_000;

export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const job = new Job(options);
  const lanes = new Map<string, Lane>();
  /** The lanes that may still receive responses; `past` is the traffic of all others. */
  const counting = new Set<Lane>();
  let past = noTraffic;

  const server = createServer((request, response) => {
    const [, token = '', provider = '', rest = ''] =
      /^\/([0-9a-f]{48})\/(\w+)([/?].*)?$/.exec(request.url ?? '') ?? [];
    const lane = lanes.get(token);
    if (!lane || !Object.hasOwn(PROVIDERS, provider)) {
      request.resume();
      return respondWithError(
        response,
        403,
        'This gateway serves the evals of one job. The token in the path belongs to none of them.',
      );
    }
    lane.handle(provider as Provider, rest, request, response).catch((error: unknown) => {
      respondWithError(response, 502, `oaievalset-action: ${reasonOf(error)}`);
    });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.requestTimeout = 0;
  if (options.isUsed ?? true)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
  const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    unusable: job.unusable,
    whyUnusable: () => job.whyUnusable,
    openLane(name, journal, answers) {
      const token = randomBytes(24).toString('hex');
      options.log.hide(token);
      const baseUrls = Object.entries(PROVIDERS).map(([id, { variable }]) => [
        variable,
        `${origin()}/${token}/${id}`,
      ]);
      const lane = new Lane({
        name,
        journal,
        answers,
        job,
        token,
        env: { ...Object.fromEntries(baseUrls), ...withoutProxy(options.env) },
        onClosed() {
          lanes.delete(token);
          void lane.settled().then(() => {
            if (counting.delete(lane)) past = addTraffic(past, lane.traffic());
          });
        },
      });
      lanes.set(token, lane);
      counting.add(lane);
      return lane;
    },
    traffic: () => [...counting].reduce((sum, lane) => addTraffic(sum, lane.traffic()), past),
    apiLoad: () => job.apiLoad(),
    currentTrouble: () => job.trouble.current(),
    worstTrouble: () => job.trouble.worst(),
    stop: () => job.stop(),
    async close() {
      // No client waits for a response any more, and requests that wait for their turn are abandoned.
      server.closeAllConnections();
      await Promise.all([new Promise((done) => server.close(done)), job.close()]);
    },
  };
}
