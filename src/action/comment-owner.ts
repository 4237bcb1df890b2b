import { createHash } from 'node:crypto';
import type { CommentOwner } from '../report/comment/marker.ts';
import { oneLine } from '../text.ts';

/** What has a comment of its own. Others may have written all of it. */
export interface CommentUser {
  /** The path of the workflow file, or the name of the workflow. */
  readonly workflow: string;
  readonly job: string;
  readonly step: string;
  /** The values of the job's matrix, as JSON. */
  readonly matrix: string;
  readonly model: string;
  readonly evalSet: string;
}

const MAX_NAME_BYTES = 60;

/** Two jobs of one name, and two steps of a job with one set, have other owners because of the hash of everything. */
export function commentOwner(user: CommentUser): CommentOwner {
  const { workflow, job, step, matrix, model, evalSet } = user;
  const all = JSON.stringify([workflow, job, step, matrix, model, evalSet]);
  const hash = createHash('sha256').update(all).digest('hex').slice(0, 16);
  return { job: `${oneLine(job, MAX_NAME_BYTES)} ${hash}`, set: oneLine(evalSet, MAX_NAME_BYTES) };
}
