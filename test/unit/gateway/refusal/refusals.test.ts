import { describe, expect, test } from 'vitest';
import type { RefusalKind } from '../../../../src/gateway/refusal/refusal-kinds.ts';
import { Refusals, type RefusedRequest } from '../../../../src/gateway/refusal/refusals.ts';
import { readProviderError } from '../../../../src/gateway/response/provider-error.ts';

const KEY = 'sk-job';
const MODEL = 'gpt-x';

function refusals(): Refusals {
  return new Refusals({ jobKeys: [KEY], jobModels: [MODEL], baseUrl: 'https://api.example/v1' });
}

function refused(refusal: RefusalKind, more: Partial<RefusedRequest> = {}): RefusedRequest {
  const error = readProviderError(403, Buffer.from('{"error":{"message":"No."}}'));
  return {
    refusal,
    error,
    keys: [KEY],
    model: MODEL,
    evalName: 'a',
    id: '1',
    attemptId: 'first',
    replayable: true,
    ...more,
  };
}

describe('refusals: the job ends', () => {
  test.each<RefusalKind>(['key', 'money', 'model', 'address'])(
    'at once when nothing has succeeded: %s',
    (kind) => {
      const end = refusals().judge(refused(kind));
      expect(end).toMatchObject({ code: 'API_REFUSED', message: 'the API refused: 403: No.' });
      expect(end?.next).toMatch(/^[A-Z].*\.$/);
    },
  );

  test('when two requests with a key that has succeeded are refused, with no success between them', () => {
    const judge = refusals();
    judge.succeeded([KEY], MODEL);
    expect(judge.judge(refused('money', { id: '1' }))).toBeUndefined();
    expect(judge.judge(refused('money', { id: '1' })), 'the same request again').toBeUndefined();
    expect(judge.judge(refused('money', { id: '2' }))).toBeDefined();
  });

  test.each<RefusalKind>(['money', 'key'])('when two attempts at one request are refused: %s', (kind) => {
    const judge = refusals();
    judge.succeeded([KEY], MODEL);
    expect(judge.judge(refused(kind))).toBeUndefined();
    expect(judge.judge(refused(kind, { attemptId: 'second' }))).toBeDefined();
  });

  test('when two requests lack permission, and nothing has succeeded', () => {
    const judge = refusals();
    expect(judge.judge(refused('access', { id: '1' }))).toBeUndefined();
    expect(judge.judge(refused('access', { id: '2' }))).toBeDefined();
  });

  test('when two evals are refused for their content, and nothing has succeeded, as behind a firewall', () => {
    const judge = refusals();
    expect(judge.judge(refused('content', { id: '1' }))).toBeUndefined();
    expect(judge.judge(refused('content', { id: '2' }))).toBeUndefined();
    expect(judge.judge(refused('content', { id: '3', evalName: 'b' }))).toBeDefined();
  });

  test('when a stateful request is refused because of its key, but not because of its address', () => {
    expect(refusals().judge(refused('key', { replayable: false, model: '' }))).toBeDefined();
    expect(refusals().judge(refused('address', { replayable: false, model: '' }))).toBeUndefined();
  });
});

describe('refusals: only the eval fails', () => {
  test.each<RefusalKind>(['key', 'money', 'model', 'address', 'access', 'content'])(
    'when the same key and model have succeeded: %s',
    (kind) => {
      const judge = refusals();
      judge.succeeded([KEY], MODEL);
      expect(judge.judge(refused(kind))).toBeUndefined();
    },
  );

  test.each<RefusalKind>(['model', 'address', 'access', 'content'])(
    'when a response of the model was replayed: %s',
    (kind) => {
      const judge = refusals();
      judge.replayed(MODEL);
      for (const id of ['1', '2', '3'])
        expect(judge.judge(refused(kind, { id, evalName: id }))).toBeUndefined();
    },
  );

  test('when a model that is not in the inputs does not exist, however many evals use it', () => {
    const judge = refusals();
    for (const id of ['1', '2', '3'])
      expect(judge.judge(refused('model', { id, evalName: id, model: 'gpt-4-32k' }))).toBeUndefined();
  });

  test.each([
    ['a key that does not belong to the job', ['sk-other']],
    ['several keys that do not belong to the job', ['sk-other', 'sk-another']],
    ['no key, although the job has one', []],
  ])('when the request has %s', (_, keys) => {
    const judge = refusals();
    for (const id of ['1', '2', '3']) expect(judge.judge(refused('key', { id, keys }))).toBeUndefined();
  });

  test('when the key succeeds between two refusals', () => {
    const judge = refusals();
    judge.succeeded([KEY], MODEL);
    expect(judge.judge(refused('money', { id: '1' }))).toBeUndefined();
    judge.succeeded([KEY], MODEL);
    expect(judge.judge(refused('money', { id: '2' }))).toBeUndefined();
  });
});

test('refusals: a job without a key ends when the server requires one', () => {
  const judge = new Refusals({ jobKeys: [], jobModels: [MODEL], baseUrl: 'https://api.example/v1' });
  expect(judge.judge(refused('key', { keys: [] }))).toBeDefined();
});

test('refusals: a replayed response does not vouch for the key, which may have been revoked since', () => {
  const judge = refusals();
  judge.replayed(MODEL);
  expect(judge.judge(refused('key'))).toBeDefined();
});
