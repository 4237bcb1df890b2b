/** Sends the requests of one eval to the API. A client that sends one again gets the response to the one in flight. */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { receivedResponse } from '../../model/traffic.ts';
import { type CallResult, isUnanswered } from '../call/call-result.ts';
import type { UpstreamCall } from '../call/upstream-call.ts';
import { sinkTo } from '../http.ts';
import type { Job, SentRequest } from '../job.ts';
import { credentialsIn } from '../response/provider-error.ts';
import { firstValue } from '../upstream/headers.ts';
import type { Attempt } from './attempt.ts';
import { describeLoss } from './describe-loss.ts';
import type { LaneRequest } from './lane-request.ts';
import type { OpenCall, OpenCalls } from './open-calls.ts';
import type { Recorder } from './recorder.ts';
import type { Tally } from './tally.ts';

export interface SenderOptions {
  readonly evalName: string;
  readonly job: Job;
  readonly calls: OpenCalls;
  readonly recorder: Recorder;
  readonly tally: Tally;
}

export class Sender {
  readonly #evalName: string;
  readonly #job: Job;
  readonly #calls: OpenCalls;
  readonly #recorder: Recorder;
  readonly #tally: Tally;

  constructor({ evalName, job, calls, recorder, tally }: SenderOptions) {
    this.#evalName = evalName;
    this.#job = job;
    this.#calls = calls;
    this.#recorder = recorder;
    this.#tally = tally;
  }

  /** @param n ordinal among identical requests of the attempt, from 0; undefined when the response is not recorded */
  send(request: LaneRequest, n: number | undefined, client: ServerResponse): void {
    const { key } = request;
    // The connection may close in the next attempt, but the request belongs to this one.
    const { attempt } = this.#tally;
    const id = `${key}/${n ?? randomUUID()}`;
    const shared = this.#calls.get(id);
    if (shared?.attempt !== attempt) attempt.count({ sent: 1 });
    if (shared) shared.attempt = attempt;
    const { call } = shared ?? this.#start(request, n, id, attempt);
    const sink = sinkTo(client);
    call.response.attach(sink);
    client.once('close', () => {
      call.response.detach(sink);
      call.leaveUnlessSent();
      const received = client.writableFinished && client.statusCode < 300;
      if (n !== undefined && !received) attempt.occurrences.giveBack(key, n);
    });
  }

  #start(request: LaneRequest, n: number | undefined, id: string, attempt: Attempt): OpenCall {
    const { provider, rest, method, headers, body, nature, model, key } = request;
    const sent = {
      ...request,
      evalName: this.#evalName,
      id: key,
      attemptId: attempt.id,
      keys: credentialsIn(headers),
    };
    const call: UpstreamCall = this.#job.call(
      { method, url: this.#job.urlOf(provider, rest), headers, body },
      {
        evalName: this.#evalName,
        model: model.sent,
        path: `${provider}${rest}`,
        nature,
        onTry: (before) => this.#tally.count(before === 0 ? { sent: 1 } : { retried: 1 }),
        onHeaders: (received) => this.#job.models.sunset(sent, firstValue(received, 'sunset')),
        record: (response) => {
          const spent = receivedResponse(model.sent, response.usage);
          this.#tally.count(spent);
          const { attempt: current } = this.#tally;
          // A client of an earlier attempt may still be connected.
          if (call.response.wanted && started.attempt === current) current.count(spent);
          started.attempt.noteAdaptations(response);
          started.attempt.unanswered.delete(id);
          if (n !== undefined) this.#recorder.record(key, n, response);
          this.#job.succeeded(sent, response.usage);
        },
      },
    );
    const over = call.run().then((result) => {
      this.#calls.delete(id);
      if (n !== undefined && isUnanswered(result)) started.attempt.unanswered.add(id);
      this.#ended(sent, result, started.attempt);
    });
    const started: OpenCall = { call, over, attempt };
    this.#calls.add(id, started);
    return started;
  }

  #ended(sent: SentRequest & LaneRequest, result: CallResult, attempt: Attempt): void {
    const loss = describeLoss(sent, result, (model) => this.#job.models.advise(model));
    if (loss !== undefined || result.kind === 'failed' || (result.kind === 'abandoned' && result.sent))
      this.#tally.count({ failed: 1 });
    if (result.kind === 'succeeded' && sent.method === 'POST') this.#tally.received += 1;
    if (loss !== undefined && sent.method === 'POST') attempt.lost = loss;
    this.#job.ended(sent, result);
  }
}
