import type { ApiTrouble } from '../../model/api-trouble.ts';
import {
  defaultTroublePolicy,
  type FailedRequest,
  type TroublePolicy,
  type TroubleReport,
  TroubleTracker,
} from './trouble-tracker.ts';

/** Feeds the tracker with the time, and passes on what it reports, until the run stops. */
export class TroubleWatch {
  readonly #tracker: TroubleTracker;
  readonly #intervalMs: number;
  readonly #onReport: (report: TroubleReport) => void;
  #timer: NodeJS.Timeout | undefined;
  /** When the run stopped: what comes later says nothing about the run. */
  #stoppedAt: number | undefined;

  constructor(onReport: (report: TroubleReport) => void, policy: TroublePolicy = defaultTroublePolicy) {
    this.#tracker = new TroubleTracker(policy);
    this.#intervalMs = Math.min(1000, policy.afterMs / 8);
    this.#onReport = onReport;
  }

  failed(request: FailedRequest): void {
    if (this.#stoppedAt !== undefined) return;
    this.#tracker.failed(request, Date.now());
    this.#timer ??= setInterval(() => this.#check(), this.#intervalMs).unref();
    this.#check();
  }

  /** @param isSuccess false: the API responded with an error that concerns this request alone */
  responded(isSuccess: boolean): void {
    if (this.#stoppedAt === undefined) this.#tracker.responded(isSuccess, Date.now());
  }

  /** The trouble that keeps responses from coming at present. */
  current(): ApiTrouble | undefined {
    return this.#tracker.current(this.#stoppedAt ?? Date.now());
  }

  /** The trouble that lasts, or that lasted when the run stopped; or else the longest. */
  worst(): ApiTrouble | undefined {
    return this.#tracker.worst(this.#stoppedAt ?? Date.now());
  }

  stop(): void {
    if (this.#stoppedAt !== undefined) return;
    this.#stoppedAt = Date.now();
    clearInterval(this.#timer);
    const report = this.#tracker.finish();
    if (report) this.#onReport(report);
  }

  #check(): void {
    const report = this.#tracker.check(Date.now());
    if (report) this.#onReport(report);
    if (this.#tracker.isOpen) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
