/** Versions of the action and their tags. */

export interface Version {
  /** `1.2.3` */
  readonly text: string;
  /** `v1.2.3`, which never moves. */
  readonly tag: string;
  /** `v1`, which moves to the newest release of the major version. */
  readonly majorTag: string;
  readonly numbers: readonly number[];
}

/** @throws Error that says how a version is written */
export function parseVersion(text: string): Version {
  if (!/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.test(text))
    throw new Error(`"${text}" is not a version. Write three numbers without v, such as 1.2.3.`);
  const numbers = text.split('.').map(Number);
  return { text, tag: `v${text}`, majorTag: `v${numbers[0]}`, numbers };
}

/** Undefined for a tag that no release has, such as `v1`. */
export function versionOfTag(tag: string): Version | undefined {
  return /^v\d+\.\d+\.\d+$/.test(tag) ? parseVersion(tag.slice(1)) : undefined;
}

export function isNewer(version: Version, than: Version): boolean {
  for (const [index, number] of version.numbers.entries()) {
    const difference = number - (than.numbers[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
