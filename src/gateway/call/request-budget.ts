/** A limit of what requests may cost, which the gateway obeys and does not know. */
export interface RequestBudget {
  /**
   * Reserves what a request will probably cost.
   * @returns undefined when the request has to wait for a response that is in flight
   */
  reserve(request: BudgetedRequest): Reservation | undefined;
}

export interface BudgetedRequest {
  readonly evalName: string;
  /** The model that is requested of the API; empty when the request names none. */
  readonly model: string;
}

export interface Reservation {
  /**
   * Ends the reservation, once the cost of a response is known.
   * @param succeeded whether the request got a response that it pays for
   */
  end(succeeded: boolean): void;
}
