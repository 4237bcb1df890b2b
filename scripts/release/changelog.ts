/** The sections of CHANGELOG.md: what is unreleased becomes a release, and a release has its notes. */
import type { Version } from './version.ts';

const REPOSITORY = 'https://github.com/oaievalset-action/oaievalset-action';
const UNRELEASED = '## [Unreleased]';

interface Section {
  /** The whole line. */
  readonly heading: string;
  /** Without the heading and blank lines around it. */
  readonly body: string;
}

function sectionsOf(changelog: string): Section[] {
  return changelog
    .split(/^(?=## )/m)
    .filter((part) => part.startsWith('## '))
    .map((part) => {
      const [heading = '', ...lines] = part.split('\n');
      return { heading: heading.trimEnd(), body: lines.join('\n').trim() };
    });
}

function hasEntries({ body }: Section): boolean {
  return /^[-*] \S/m.test(body);
}

function sectionOf(changelog: string, { text }: Version): Section | undefined {
  return sectionsOf(changelog).find(({ heading }) => heading.startsWith(`## [${text}]`));
}

/**
 * The changelog in which the unreleased entries are those of the version.
 * @param date such as 2026-11-27
 * @throws Error when there is nothing to release, or the version has a section
 */
export function releaseChangelog(changelog: string, version: Version, date: string): string {
  if (sectionOf(changelog, version))
    throw new Error(`CHANGELOG.md has a section [${version.text}] already. Release the next version.`);
  const unreleased = sectionsOf(changelog).find(({ heading }) => heading === UNRELEASED);
  if (!unreleased || !hasEntries(unreleased))
    throw new Error(
      `CHANGELOG.md has no entries below "${UNRELEASED}". Describe there what the release changes.`,
    );
  return changelog.replace(UNRELEASED, `${UNRELEASED}\n\n## [${version.text}] - ${date}`);
}

/** What is wrong with the section of the version; empty if nothing is. */
export function changelogProblems(changelog: string, version: Version): string[] {
  const section = sectionOf(changelog, version);
  if (!section) return [`CHANGELOG.md has no section [${version.text}].`];
  const unreleased = sectionsOf(changelog).find(({ heading }) => heading === UNRELEASED);
  return [
    ...(/\] - \d{4}-\d{2}-\d{2}$/.test(section.heading)
      ? []
      : [`CHANGELOG.md: "${section.heading}" has no date. Write "## [${version.text}] - YYYY-MM-DD".`]),
    ...(hasEntries(section) ? [] : [`CHANGELOG.md: the section [${version.text}] has no entries.`]),
    ...(unreleased && hasEntries(unreleased)
      ? [
          `CHANGELOG.md has entries below "${UNRELEASED}" that the release contains. Move them to [${version.text}].`,
        ]
      : []),
  ];
}

/**
 * The text of the release on GitHub, where a link to a file of the repository has no page to start at, and the
 * end of a line is a line break.
 * @throws Error when the changelog has no section of the version
 */
export function notesOf(changelog: string, version: Version): string {
  const section = sectionOf(changelog, version);
  if (!section) throw new Error(`CHANGELOG.md has no section [${version.text}].`);
  const linked = section.body.replace(/\]\((?![a-z]+:|#)/g, `](${REPOSITORY}/blob/${version.tag}/`);
  return `${linked.replace(/(?<=\S)\n *(?![-*#]|\s|$)/g, ' ')}\n`;
}
