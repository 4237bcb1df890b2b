/** What nobody notices when it is wrong in a workflow of this repository: nothing fails. */
import { expect, test } from 'vitest';
import { workflow, workflowNames } from './action-files.ts';

const release = workflow('release.yml');

test('ci.yml: the job all-passed needs every other job', () => {
  const { 'all-passed': last, ...others } = workflow('ci.yml').jobs;
  expect([...(last?.needs ?? [])].sort()).toEqual(Object.keys(others).sort());
  // Without it, the job is skipped when another one fails, and GitHub counts a skipped check as passed.
  expect(last?.if).toBe('always()');
});

test.each(workflowNames)('%s: no job has permissions that it does not name', (name) => {
  const { permissions, jobs } = workflow(name);
  expect(permissions).toEqual({});
  for (const job of Object.values(jobs)) expect(job.permissions).toEqual(expect.any(Object));
});

test.each(workflowNames)('%s: each action is pinned to a commit', (name) => {
  const used = Object.values(workflow(name).jobs).flatMap(({ steps }) =>
    steps.flatMap(({ uses }) => uses ?? []),
  );
  expect(used.filter((uses) => uses !== './' && !/@[0-9a-f]{40}$/.test(uses))).toEqual([]);
});

test('release.yml: each job can do only what it is for', () => {
  expect(
    Object.fromEntries(Object.entries(release.jobs).map(([name, job]) => [name, job.permissions])),
  ).toEqual({
    check: { actions: 'read', contents: 'read' },
    attest: { attestations: 'write', contents: 'read', 'id-token': 'write' },
    publish: { contents: 'write' },
  });
});

test('release.yml: what is published has been checked, attested and approved', () => {
  expect(release.jobs.attest?.needs).toBe('check');
  expect(release.jobs.publish).toMatchObject({ needs: ['check', 'attest'], environment: 'release' });
});

test('release.yml: a job that may write or sign installs no package', () => {
  const runs = [release.jobs.attest, release.jobs.publish].flatMap((job) =>
    job?.steps.flatMap(({ run }) => run ?? []),
  );
  expect(runs.length).toBeGreaterThan(4);
  expect(runs.filter((run) => /npm|npx|pip/.test(run ?? ''))).toEqual([]);
});

test('release.yml: waits for every workflow that tests main', () => {
  const step = release.jobs.check?.steps.find(({ name }) => name === 'All workflows passed for this commit');
  const waitedFor = /for workflow in (.*); do/.exec(step?.run ?? '')?.[1]?.split(' ');
  expect(waitedFor?.sort()).toEqual(workflowNames.filter((name) => 'push' in workflow(name).on).sort());
});
