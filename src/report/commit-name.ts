/** Names of branches and commits for people. Pure. */

/** `main` of `refs/heads/main` */
export function refName(ref: string): string {
  return ref.replace(/^refs\/(?:heads|tags)\//, '');
}

export function shortSha(sha: string): string {
  return sha.slice(0, 7);
}

/** `main@abc1234`; empty when neither is known. */
export function commitName({ ref, sha }: { readonly ref: string; readonly sha: string }): string {
  return [refName(ref), shortSha(sha)].filter((part) => part !== '').join('@');
}
