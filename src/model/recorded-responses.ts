/** The recorded responses of evals that are not completed, which the next run replays. */
export interface RecordedResponses {
  readonly responses: number;
  /** The evals that have some. */
  readonly evals: number;
}
