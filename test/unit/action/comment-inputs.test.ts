import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  commentInput,
  readCommentActionInputs,
  reportDirectoryPath,
} from '../../../src/action/comment-inputs.ts';
import { temporaryDirectory } from '../../helpers/builders.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

function given(inputs: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(inputs)) vi.stubEnv(`INPUT_${name.toUpperCase()}`, value);
}

describe('commentInput', () => {
  test.each([
    ['', { mode: 'changes', isExplicit: false }],
    ['changes', { mode: 'changes', isExplicit: true }],
    ['failures', { mode: 'failures', isExplicit: true }],
    ['always', { mode: 'always', isExplicit: true }],
    ['Always', { mode: 'always', isExplicit: true }],
  ])('commentInput: "%s" is %j', (value, expected) => {
    given({ comment: value });
    expect(commentInput()).toEqual(expected);
  });

  test.each(['true', 'sometimes', 'never', '__proto__'])('commentInput: "%s" is refused', (value) => {
    given({ comment: value });
    expect(commentInput).toThrow(
      `The input comment is "${value}": it is neither changes, failures nor always.`,
    );
  });
});

describe('readCommentActionInputs', () => {
  test('readCommentActionInputs: reads all inputs', async () => {
    const directory = temporaryDirectory();
    given({
      'report-directory': directory,
      comment: 'always',
      'pull-request': '#12',
      'github-token': 'ghs_TOKEN-OF-A-JOB',
      matrix: 'null',
    });
    const inputs = await readCommentActionInputs();
    expect(inputs).toEqual({
      reportDirectory: directory,
      mode: 'always',
      pullRequest: 12,
      token: 'ghs_TOKEN-OF-A-JOB',
      matrix: 'null',
    });
    expect(reportDirectoryPath(inputs)).toBe(directory);
  });

  test('readCommentActionInputs: one error names everything that is wrong', async () => {
    given({
      'report-directory': 'no-such-directory',
      comment: 'yes',
      'pull-request': '0',
      'github-token': '',
    });
    const error = await readCommentActionInputs().catch(String);
    for (const name of ['report-directory', 'comment', 'pull-request', 'github-token'])
      expect(error).toContain(`The input ${name} is `);
  });

  test('readCommentActionInputs: a report directory that is missing is named', async () => {
    given({ 'github-token': 'ghs_TOKEN-OF-A-JOB' });
    await expect(readCommentActionInputs()).rejects.toMatchObject({
      code: 'INPUT_MISSING',
      message: 'The input report-directory is missing.',
    });
  });

  test.each(['-1', '1.5', '12a', '9'.repeat(30), 'refs/pull/12/merge'])(
    'readCommentActionInputs: %s is no number of a pull request',
    async (value) => {
      given({
        'report-directory': temporaryDirectory(),
        'github-token': 'ghs_TOKEN-OF-A-JOB',
        'pull-request': value,
      });
      await expect(readCommentActionInputs()).rejects.toThrow('it is not the number of a pull request');
    },
  );
});
