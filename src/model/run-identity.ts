/** One attempt of one workflow run. */
export interface RunIdentity {
  readonly repository: string;
  /** `GITHUB_RUN_ID` */
  readonly id: string;
  /** `GITHUB_RUN_ATTEMPT`, from 1. */
  readonly attempt: number;
}
