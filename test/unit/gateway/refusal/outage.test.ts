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

describe('outage: the job ends', () => {
  test('when all attempts of one request failed, and nothing ever succeeded', () => {
    expect(outage().gaveUp(unanswered(), 5 * MINUTE)).toMatchObject({
      code: 'API_UNREACHABLE',
      message: 'the API has not responded for 5 min: connection refused',
    });
  });

  test('at once when retrying does not help, with the advice of the failure', () => {
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

  test('when two requests remained unanswered since the last success', () => {
    const api = outage();
    api.succeeded(500);
    expect(api.gaveUp(unanswered({ id: '1' }), 5 * MINUTE)).toBeUndefined();
    expect(api.gaveUp(unanswered({ id: '1' }), 9 * MINUTE), 'the same request again').toBeUndefined();
    expect(api.gaveUp(unanswered({ id: '2' }), 9 * MINUTE)).toBeDefined();
  });

  test('when the API has only asked to wait for ten minutes', () => {
    expect(outage().retrying('429', 1000 + 10 * MINUTE - 1)).toBeUndefined();
    expect(outage().retrying('429', 1000 + 10 * MINUTE)).toMatchObject({
      message: expect.stringContaining('10 min: 429'),
    });
  });
});

describe('outage: the job continues', () => {
  test('when another request succeeded since the unanswered one was first sent', () => {
    const api = outage();
    api.succeeded(2000);
    for (const id of ['1', '2', '3']) expect(api.gaveUp(unanswered({ id }), 5 * MINUTE)).toBeUndefined();
  });

  test('when any request has succeeded, and the API now asks to wait', () => {
    const api = outage();
    api.succeeded(2000);
    expect(api.retrying('429', 60 * MINUTE)).toBeUndefined();
  });

  test('when responses were replayed, and only one request remains unanswered', () => {
    const api = outage();
    api.replayed();
    expect(api.gaveUp(unanswered(), 5 * MINUTE)).toBeUndefined();
    expect(api.gaveUp(unanswered({ id: '2' }), 5 * MINUTE)).toBeDefined();
  });

  test('when one request was sent once, and the API asks it to wait for a day', () => {
    expect(outage().gaveUp(unanswered({ attempts: 1 }), 2000)).toBeUndefined();
  });

  test('when one request cannot be sent, but others succeeded', () => {
    const api = outage();
    api.succeeded(500);
    expect(api.gaveUp(unanswered({ permanent: true }), 2000)).toBeUndefined();
  });
});

test('outage: the API fails from a retry to the next success', () => {
  const api = outage();
  const failing = [api.isFailing];
  api.retrying('503', 1500);
  failing.push(api.isFailing);
  api.succeeded(1600);
  failing.push(api.isFailing);
  expect(failing).toEqual([false, true, false]);
});
