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
  return { refusal, error, keys: [KEY], model: MODEL, evalName: 'a', id: '1', replayable: true, ...more };
}

describe('a refusal ends the job', () => {
  test.each<RefusalKind>(['key', 'money', 'model', 'address'])(
    'at once when nothing was answered: %s',
    (kind) => {
      const end = refusals().judge(refused(kind));
      expect(end).toMatchObject({ code: 'API_REFUSED', message: 'the API refused: 403: No.' });
      expect(end?.next).toMatch(/^[A-Z].*\.$/);
    },
  );

  test('when two requests of a key that was answered before are refused, with no answer between them', () => {
    const judge = refusals();
    judge.succeeded([KEY], MODEL);
    expect(judge.judge(refused('money', { id: '1' }))).toBeUndefined();
    expect(judge.judge(refused('money', { id: '1' })), 'the same request again').toBeUndefined();
    expect(judge.judge(refused('money', { id: '2' }))).toBeDefined();
  });

  test('when two requests may not be made, and nothing was answered', () => {
    const judge = refusals();
    expect(judge.judge(refused('access', { id: '1' }))).toBeUndefined();
    expect(judge.judge(refused('access', { id: '2' }))).toBeDefined();
  });

  test('when two evals are refused for what they hold, and nothing was answered: a firewall refuses all', () => {
    const judge = refusals();
    expect(judge.judge(refused('content', { id: '1' }))).toBeUndefined();
    expect(judge.judge(refused('content', { id: '2' }))).toBeUndefined();
    expect(judge.judge(refused('content', { id: '3', evalName: 'b' }))).toBeDefined();
  });

  test('a key that only makes something at the API says something about the key', () => {
    expect(refusals().judge(refused('key', { replayable: false, model: '' }))).toBeDefined();
    expect(refusals().judge(refused('address', { replayable: false, model: '' }))).toBeUndefined();
  });
});

describe('a refusal fails its eval only', () => {
  test.each<RefusalKind>(['key', 'money', 'model', 'address', 'access', 'content'])(
    'when the API has answered the same key and model: %s',
    (kind) => {
      const judge = refusals();
      judge.succeeded([KEY], MODEL);
      expect(judge.judge(refused(kind))).toBeUndefined();
    },
  );

  test.each<RefusalKind>(['model', 'address', 'access', 'content'])(
    'when a journal holds answers of that model: %s',
    (kind) => {
      const judge = refusals();
      judge.replayed(MODEL);
      for (const id of ['1', '2', '3'])
        expect(judge.judge(refused(kind, { id, evalName: id }))).toBeUndefined();
    },
  );

  test('when it is about a model that is not of the inputs, however many ask it', () => {
    const judge = refusals();
    for (const id of ['1', '2', '3'])
      expect(judge.judge(refused('model', { id, evalName: id, model: 'gpt-4-32k' }))).toBeUndefined();
  });

  test.each([
    ['a key that is not of the job: an eval has its own, or somebody else found the gateway', ['sk-other']],
    ['several keys, none of them of the job', ['sk-other', 'sk-another']],
    ['no key, where the job has one', []],
  ])('when it was made with %s', (_, keys) => {
    const judge = refusals();
    for (const id of ['1', '2', '3']) expect(judge.judge(refused('key', { id, keys }))).toBeUndefined();
  });

  test('when an answer came between two refusals of a key', () => {
    const judge = refusals();
    judge.succeeded([KEY], MODEL);
    expect(judge.judge(refused('money', { id: '1' }))).toBeUndefined();
    judge.succeeded([KEY], MODEL);
    expect(judge.judge(refused('money', { id: '2' }))).toBeUndefined();
  });
});

test('a job without a key is refused by a server that wants one', () => {
  const judge = new Refusals({ jobKeys: [], jobModels: [MODEL], baseUrl: 'https://api.example/v1' });
  expect(judge.judge(refused('key', { keys: [] }))).toBeDefined();
});

test('a journal says nothing about a key: it may have been revoked since', () => {
  const judge = refusals();
  judge.replayed(MODEL);
  expect(judge.judge(refused('key'))).toBeDefined();
});
