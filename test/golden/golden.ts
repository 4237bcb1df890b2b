/**
 * Plays the scenarios on the shipped action and writes what a person sees of them on GitHub: texts, which tests compare, and
 * pictures, which no test compares.
 *
 *     npm run golden                       all scenarios
 *     npm run golden -- cancel quota       these scenarios
 *     npm run golden -- --no-pictures      only the texts
 *     npm run golden -- --check            compares the texts and writes nothing
 */
import { parseArgs } from 'node:util';
import { scenarios } from './all.ts';
import { difference } from './difference.ts';
import { Pictures } from './picture/pictures.ts';
import { committedTexts, type PlayedScenario, playScenario, writeTexts } from './play.ts';
import { writeGallery } from './readme.ts';
import type { Scenario } from './scenario.ts';
import type { TextName } from './shown/texts.ts';

/** Scenarios that play at the same time. Each has a machine of its own. */
const AT_ONCE = 3;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    check: { type: 'boolean', default: false },
    pictures: { type: 'boolean', default: true },
  },
  allowNegative: true,
});

const chosen = scenarios.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const unknown = positionals.filter((name) => !scenarios.some((scenario) => scenario.name === name));
if (unknown.length > 0)
  throw new Error(
    `There is no scenario ${unknown.join(', ')}. There are: ${scenarios.map(({ name }) => name).join(', ')}.`,
  );

let failures = 0;
const waiting = [...chosen];
{
  await using pictures = values.check || !values.pictures ? undefined : await Pictures.open();
  if (!pictures && !values.check && values.pictures)
    console.log('No pictures: there is no chromium, chromium-browser or google-chrome on PATH.');
  await Promise.all(Array.from({ length: AT_ONCE }, () => playWaiting(pictures)));
}
if (!values.check) writeGallery(scenarios);
if (values.check && failures > 0)
  console.log('\nIf the new texts are right, run `npm run golden` and commit what it writes.');
process.exitCode = failures > 0 ? 1 : 0;

async function playWaiting(pictures: Pictures | undefined): Promise<void> {
  for (let next = waiting.shift(); next; next = waiting.shift()) await playOne(next, pictures);
}

async function playOne(scenario: Scenario, pictures: Pictures | undefined): Promise<void> {
  const startedAt = performance.now();
  const took = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  try {
    const result = await playScenario(scenario);
    const differences = differencesOf(scenario, result);
    console.log(`${scenario.name}: ${differences.length === 0 ? 'unchanged' : 'changed'}, ${took()}`);
    if (!values.check) {
      writeTexts(scenario, result.texts);
      await pictures?.draw(scenario, result.steps);
    } else if (differences.length > 0) {
      failures += 1;
      console.log(differences.join('\n'));
    }
  } catch (error) {
    failures += 1;
    console.log(
      `${scenario.name}: failed, ${took()}\n${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function differencesOf(scenario: Scenario, { texts }: PlayedScenario): string[] {
  const committed = committedTexts(scenario);
  return (Object.keys(texts) as TextName[]).flatMap((name) =>
    texts[name] === committed[name]
      ? []
      : [`--- test/golden/runs/${scenario.name}/${name}`, difference(committed[name], texts[name])],
  );
}
