import { describe, expect, test } from 'vitest';
import { Outage, type UnansweredRequest } from '../../../../src/gateway/refusal/outage.ts';

const MINUTE = 60_000;
const unanswered = (more: Partial<UnansweredRequest> = {}): UnansweredRequest => ({
  id: '1',
  why: 'connection refused',
  permanent: false,
  firstSentAt: 1000,
  attempts: 12,
  ...more,
});

function outage(): Outage {
  const outage = new Outage();
  outage.sent(1000);
  return outage;
}

describe('an API that answers nothing ends the job', () => {
  test('when all attempts of one request failed, and nothing was ever answered', () => {
    expect(outage().gaveUp(unanswered(), 5 * MINUTE)).toMatchObject({
      code: 'API_UNREACHABLE',
      message: 'the API has not responded for 5 min: connection refused',
    });
  });

  test('at once when no wait helps, in words that say what does', () => {
    const request = unanswered({
      permanent: true,
      why: 'the certificate expired',
      advice: 'Renew it.',
      attempts: 1,
    });
    expect(outage().gaveUp(request, 2000)).toMatchObject({
      message: 'the API cannot be used: the certificate expired',
      next: 'Renew it.',
    });
  });

  test('when two requests were given up since it answered last', () => {
    const api = outage();
    api.succeeded(500);
    expect(api.gaveUp(unanswered({ id: '1' }), 5 * MINUTE)).toBeUndefined();
    expect(api.gaveUp(unanswered({ id: '1' }), 9 * MINUTE), 'the same again').toBeUndefined();
    expect(api.gaveUp(unanswered({ id: '2' }), 9 * MINUTE)).toBeDefined();
  });

  test('when it only asks to wait, for ten minutes', () => {
    expect(outage().retrying('429', 1000 + 10 * MINUTE - 1)).toBeUndefined();
    expect(outage().retrying('429', 1000 + 10 * MINUTE)).toMatchObject({
      message: expect.stringContaining('10 min: 429'),
    });
  });
});

describe('an API that answers others does not end the job', () => {
  test('when it answered since the request was first sent', () => {
    const api = outage();
    api.succeeded(2000);
    for (const id of ['1', '2', '3']) expect(api.gaveUp(unanswered({ id }), 5 * MINUTE)).toBeUndefined();
  });

  test('when it answered at any time, and asks to wait now', () => {
    const api = outage();
    api.succeeded(2000);
    expect(api.retrying('429', 60 * MINUTE)).toBeUndefined();
  });

  test('when a journal holds its answers, and one request fails', () => {
    const api = outage();
    api.replayed();
    expect(api.gaveUp(unanswered(), 5 * MINUTE)).toBeUndefined();
    expect(api.gaveUp(unanswered({ id: '2' }), 5 * MINUTE)).toBeDefined();
  });

  test('when one request was sent once, and told to wait for a day', () => {
    expect(outage().gaveUp(unanswered({ attempts: 1 }), 2000)).toBeUndefined();
  });

  test('when a request cannot be sent, although others were answered', () => {
    const api = outage();
    api.succeeded(500);
    expect(api.gaveUp(unanswered({ permanent: true }), 2000)).toBeUndefined();
  });
});
