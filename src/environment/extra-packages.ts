import { ActionError } from '../errors.ts';

/**
 * The requirements in the lines of `extra-packages`, without comments and blank lines. Each becomes an argument of
 * `pip install`, so anything that pip could read as an option is refused.
 *
 * @throws ActionError INPUT_INVALID for a line with an option.
 */
export function extraRequirements(lines: readonly string[]): string[] {
  const requirements = lines
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
  for (const requirement of requirements) {
    if (/(^|\s)-/.test(requirement)) {
      throw new ActionError(
        'INPUT_INVALID',
        `\`extra-packages\` has the line "${requirement}": only requirements are allowed there, not options.`,
        'Write one requirement per line, such as `datasets==3.6.0`. Choose a package index with the variable PIP_INDEX_URL.',
      );
    }
  }
  return requirements;
}

/** What pip reads as a file name if such a file exists. */
const ARCHIVE = /\.(whl|zip|tar|tgz|tbz|txz|tlz|tar\.(gz|bz2|xz|lz|lzma))(\[[^\]]*\])?$/i;

/** Whether the requirement names a place (a path, an archive, a URL, a branch) whose content may change. */
export function isMovingTarget(requirement: string): boolean {
  const place = (requirement.split(';')[0] ?? '').trim();
  return /[/@]/.test(place) || place.startsWith('.') || ARCHIVE.test(place);
}
