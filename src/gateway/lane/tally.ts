import { addTraffic, noTraffic, type Traffic } from '../../model/traffic.ts';
import { Attempt } from './attempt.ts';

/** What a lane has counted: in all attempts of its eval, and in the current one. */
export class Tally {
  /** The current attempt. A request stays with the attempt that made it. */
  attempt = new Attempt(true);
  /** Successful responses of the API in all attempts, without replayed ones. */
  received = 0;
  #traffic: Traffic = noTraffic;
  #lastTrafficAt = 0;

  /** Traffic of all attempts. */
  get traffic(): Traffic {
    return this.#traffic;
  }

  /** Milliseconds since the epoch; 0: there was no traffic. */
  get lastTrafficAt(): number {
    return this.#lastTrafficAt;
  }

  requestArrived(): void {
    this.#lastTrafficAt = Date.now();
  }

  count(change: Partial<Traffic>): void {
    this.#lastTrafficAt = Date.now();
    this.#traffic = addTraffic(this.#traffic, { ...noTraffic, ...change });
  }
}
