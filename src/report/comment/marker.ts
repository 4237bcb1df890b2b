/** The hidden mark by which the comment of a job and a set is found again. Pure. */

export interface CommentOwner {
  /** The job's id in its workflow. */
  readonly job: string;
  /** Name of the eval set. */
  readonly set: string;
}

/** Longer names with the same beginning share a marker. */
const MAX_CHARACTERS = 300;

/** The first line of a comment. Jobs and sets with other names have other markers, and no name can end the HTML comment. */
export function commentMarker({ job, set }: CommentOwner): string {
  return `<!-- oaievalset-action: job=${encoded(job)} set=${encoded(set)} -->`;
}

/** Only letters, digits and characters that have no meaning in HTML. HTML comments end at `-->`. */
function encoded(name: string): string {
  return encodeURIComponent(name.slice(0, MAX_CHARACTERS).toWellFormed()).replace(/--|[!'()*~]/g, (found) =>
    [...found].map((c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`).join(''),
  );
}
