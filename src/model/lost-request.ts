/** A request of an eval that will never get a successful response. */
export interface LostRequest {
  /** `refused`: no retry will help. `unanswered`: its retries failed too. */
  readonly kind: 'refused' | 'unanswered';
  /** The words of the API or of the transport, with the model and the sample, as a clause. */
  readonly words: string;
}

/** As a clause: `the API refused a request: 404 model_not_found: …` */
export function describeLost({ kind, words }: LostRequest): string {
  return kind === 'refused'
    ? `the API refused a request: ${words}`
    : `a request got no successful response: ${words}`;
}
