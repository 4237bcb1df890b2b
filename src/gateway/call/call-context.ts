/** What a call needs, and whom it tells what happens. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Adaptation } from '../../model/adaptation.ts';
import type { ApiResponse } from '../../model/api-response.ts';
import type { RequestNature } from '../request/replayable.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { Adaptations } from './adaptable.ts';
import type { ExchangeFailure } from './call-result.ts';
import type { InFlightLimit } from './in-flight-limit.ts';
import type { RetryPolicy } from './retry-policy.ts';

export interface CallContext {
  readonly upstream: Upstream;
  readonly limit: InFlightLimit;
  readonly adaptations: Adaptations;
  readonly policy: RetryPolicy;
  readonly evalName: string;
  /** The model that is requested of the API; empty when the request names none. */
  readonly model: string;
  /** Provider and path below its base URL: adaptations are learnt per path. */
  readonly path: string;
  readonly nature: RequestNature;
  /** A response with more bytes, as received or decoded, is dropped. */
  readonly maxResponseBytes: number;
  /** Called each time the request is sent, with the number of times it was sent before. */
  readonly onTry: (before: number) => void;
  /** Called when the API failed the request. */
  readonly onFailure: (failure: FailedSending) => void;
  /** Called when the API responded, with a success or with an error that concerns this request alone. */
  readonly onResponded: (isSuccess: boolean) => void;
  readonly onAdapted: (adaptation: Adaptation) => void;
  /** Called with the headers of a response that is a success. */
  readonly onHeaders: (headers: IncomingHttpHeaders) => void;
  /** Called with a response before its last byte reaches a client: from then on it need not be requested again. */
  readonly record: (response: ApiResponse) => void;
}

/** A request that was sent and failed. */
export interface FailedSending extends Pick<ExchangeFailure, 'why' | 'trouble'> {
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  /** Undefined: it is not retried. */
  readonly retryDelayMs?: number;
}
