/** A time in which most requests to the API failed. */

export type TroubleKind =
  /** 429. */
  | 'rate-limit'
  /** A status of 500 or more, 408 or 425. */
  | 'server-error'
  | 'refused-connection'
  /** No name, no route, no certificate that is accepted, a proxy that does not connect. */
  | 'unreachable'
  /** It accepted a request and did not respond in time. */
  | 'timeout'
  /** It closed connections before it responded, or in the middle of a response. */
  | 'closed-connection'
  /** Responses with a 2xx status that contain no answer. */
  | 'invalid-response';

export interface TroubleCause {
  readonly kind: TroubleKind;
  /** The words of the API or of the transport, as a clause on one line. */
  readonly detail: string;
}

/** Times are milliseconds since the epoch. */
export interface ApiTrouble {
  /** The newest cause. */
  readonly cause: TroubleCause;
  readonly since: number;
  /** When it ended or, while it lasts, when this value was made. */
  readonly until: number;
  readonly isLasting: boolean;
  /** Requests that failed meanwhile, retries included. */
  readonly failed: number;
  /** Requests that succeeded meanwhile. Replayed responses do not count. */
  readonly succeeded: number;
}

/** Why a trouble is reported. */
export type TroubleChange = 'began' | 'other-cause' | 'lasts' | 'ended';
