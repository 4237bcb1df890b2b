/**
 * The steps of a release: CONTRIBUTING.md#release. A maintainer runs `prepare`, the release workflow the others.
 *
 *   npm run release -- prepare 1.2.3   write the version into the files that name it
 *   npm run release -- check 1.2.3     say what keeps this commit from being released
 *   npm run release -- notes 1.2.3     print the notes from CHANGELOG.md
 *   npm run release -- tag 1.2.3       push the tag v1.2.3
 *   npm run release -- move 1.2.3      move the tag v1 to it
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { notesOf } from './release/changelog.ts';
import { prepareRelease } from './release/prepare.ts';
import { releaseProblems } from './release/problems.ts';
import { moveMajorTag, pushTag } from './release/tags.ts';
import { parseVersion, type Version } from './release/version.ts';

type Step = (root: string, version: Version) => void;

const steps: Readonly<Record<string, Step>> = {
  prepare(root, version) {
    const changed = prepareRelease(root, version, new Date().toISOString().slice(0, 10));
    console.log(`Prepared ${version.text} in:\n${changed.map((name) => `  ${name}`).join('\n')}`);
    console.log(
      "Next: run 'npm cit', and merge this as one commit into main. Then run the workflow Release.",
    );
  },
  check(root, version) {
    const problems = releaseProblems(root, version);
    if (problems.length > 0)
      throw new Error(
        [
          `${version.text} cannot be released:`,
          ...problems.map((problem) => `- ${problem}`),
          `What 'npm run release -- prepare ${version.text}' writes has to be in the newest commit of main.`,
        ].join('\n'),
      );
    console.log(`${version.text} can be released.`);
  },
  notes(root, version) {
    process.stdout.write(notesOf(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), version));
  },
  tag(root, version) {
    pushTag(root, version);
    console.log(`${version.tag} is at the commit that is checked out.`);
  },
  move(root, version) {
    moveMajorTag(root, version);
    console.log(`${version.majorTag} is at ${version.tag}.`);
  },
};

const [name = '', version = ''] = process.argv.slice(2);
try {
  const step = Object.hasOwn(steps, name) ? steps[name] : undefined;
  if (!step) throw new Error(`Usage: npm run release -- ${Object.keys(steps).join('|')} <version>`);
  step(process.cwd(), parseVersion(version));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
