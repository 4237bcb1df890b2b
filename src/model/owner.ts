/** The owner of a state. The state of another owner is quarantined and not used. */
export interface Owner {
  readonly repository: string;
  readonly cacheKey: string;
  readonly model: string;
  readonly evalSet: string;
}

export function sameOwner(a: Owner, b: Owner): boolean {
  return (
    a.repository === b.repository &&
    a.cacheKey === b.cacheKey &&
    a.model === b.model &&
    a.evalSet === b.evalSet
  );
}
