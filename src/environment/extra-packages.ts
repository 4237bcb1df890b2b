import { ActionError, oneError } from '../errors.ts';

/**
 * The requirements in the lines of `extra-packages`, without comments and blank lines. Each becomes an argument of
 * `pip install`, so anything that pip could read as an option is refused.
 *
 * @throws ActionError INPUT_INVALID for the lines with an option.
 */
export function extraRequirements(lines: readonly string[]): string[] {
  const requirements = lines
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
  const wrong = requirements.filter((requirement) => /(^|\s)-/.test(requirement));
  if (wrong.length > 0) throw oneError(wrong.map(optionRefused));
  return requirements;
}

function optionRefused(requirement: string): ActionError {
  return new ActionError(
    'INPUT_INVALID',
    `The input extra-packages has the line ${JSON.stringify(requirement)}: only requirements are allowed there, not options.`,
    /^(-r|--requirement)\b/.test(requirement)
      ? 'Write the requirements of the file here, one per line.'
      : 'Write one requirement per line, such as datasets==3.6.0. The variable PIP_INDEX_URL chooses a package index.',
  );
}

/** What pip reads as a file name if such a file exists. */
const ARCHIVE = /\.(whl|zip|tar|tgz|tbz|txz|tlz|tar\.(gz|bz2|xz|lz|lzma))(\[[^\]]*\])?$/i;

/** Whether the requirement names a place (a path, an archive, a URL, a branch) whose content may change. */
export function isMovingTarget(requirement: string): boolean {
  const place = (requirement.split(';')[0] ?? '').trim();
  return /[/@]/.test(place) || place.startsWith('.') || ARCHIVE.test(place);
}
