/** A limit of what requests may cost, which the gateway obeys and does not know. */
export interface RequestBudget {
  /**
   * Reserves what a request of this eval will probably cost.
   * @returns undefined when the request has to wait for a response that is in flight
   */
  reserve(evalName: string): Reservation | undefined;
}

export interface Reservation {
  /**
   * Ends the reservation, once the cost of a response is known.
   * @param succeeded whether the request got a response that it pays for
   */
  end(succeeded: boolean): void;
}
