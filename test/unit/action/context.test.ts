/** Whether GitHub withholds secrets from the run. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readContext } from '../../../src/action/context.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

function withheld(name: string, event: unknown, actor = 'octocat') {
  const path = join(temporaryDirectory(), 'event.json');
  writeFileSync(path, typeof event === 'string' ? event : JSON.stringify(event));
  const env = {
    GITHUB_EVENT_NAME: name,
    GITHUB_EVENT_PATH: path,
    GITHUB_REPOSITORY: 'o/r',
    GITHUB_ACTOR: actor,
  };
  return readContext(env, 'linux', '/tmp').withheldSecrets;
}

const from = (full_name: string) => ({ pull_request: { head: { repo: { full_name } } } });
const DEPENDABOT = 'dependabot[bot]';

test.each<[string, string, unknown, string, string | undefined]>([
  ['a pull request from a fork', 'pull_request', from('someone/r'), 'octocat', 'fork'],
  ['a review of a pull request from a fork', 'pull_request_review', from('someone/r'), 'octocat', 'fork'],
  [
    'a pull request from a deleted fork',
    'pull_request',
    { pull_request: { head: { repo: null } } },
    'octocat',
    'fork',
  ],
  ['a pull request from a branch', 'pull_request', from('o/r'), 'octocat', undefined],
  [
    'a pull request that runs the code of its base',
    'pull_request_target',
    from('someone/r'),
    'octocat',
    undefined,
  ],
  ['a pull request of Dependabot', 'pull_request', from('o/r'), DEPENDABOT, 'dependabot'],
  ['a push of Dependabot', 'push', {}, DEPENDABOT, 'dependabot'],
  ['a schedule that Dependabot set up', 'schedule', {}, DEPENDABOT, undefined],
  ['a push in a fork', 'push', { repository: { fork: true } }, 'octocat', 'own-fork'],
  ['a push', 'push', { repository: { fork: false } }, 'octocat', undefined],
  ['an event without a repository', 'schedule', {}, 'octocat', undefined],
  ['an event that is not JSON', 'pull_request', '{', 'octocat', undefined],
])('context: secrets in %s', (_, name, event, actor, expected) => {
  expect(withheld(name, event, actor)).toBe(expected);
});

test('context: no event', () => {
  expect(readContext({}, 'linux', '/tmp').withheldSecrets).toBeUndefined();
});
