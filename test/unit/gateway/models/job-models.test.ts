/** What the job says about models that shut down, from the list of the API and from headers. */
import { expect, test } from 'vitest';
import { JobModels } from '../../../../src/gateway/models/job-models.ts';
import { ModelLists } from '../../../../src/gateway/models/model-lists.ts';
import { recordingLog } from '../../../helpers/builders.ts';

const CARDS = [
  { id: 'chosen', shutdown_date: '2026-12-11' },
  { id: 'today', shutdown_date: '2026-11-26' },
  { id: 'written', deprecation: '2026-11-27', deprecation_replacement_model: 'better' },
  { id: 'live', shutdown_date: '2026-11-01' },
  { id: 'far', shutdown_date: '2027-06-01' },
  { id: 'safe', shutdown_date: null },
];

/** @param maxMs how long the list is waited for */
function jobModels(
  respond: () => Promise<string> = async () => JSON.stringify({ data: CARDS }),
  maxMs = 60_000,
) {
  const log = recordingLog();
  const sent: object[] = [];
  const lists = new ModelLists({
    maxMs,
    urlOf: (provider, rest) => new URL(`https://${provider}.example${rest}`),
    async send({ url, headers }) {
      sent.push({ url: url.href, headers });
      const body = await respond();
      return {
        status: 200,
        headers: {},
        body: (async function* () {
          yield Buffer.from(body);
        })(),
      };
    },
  });
  const models = new JobModels({ log, chosen: ['chosen'], lists, today: () => '2026-11-26' });
  const request = (asked: string, sentModel = asked) => ({
    provider: 'openai' as const,
    headers: { authorization: 'Bearer k', 'content-length': '9', cookie: 'c' },
    model: { asked, sent: sentModel },
  });
  return { log, sent, models, request };
}

test.each([
  [
    'chosen',
    'chosen',
    'The API announces that the model chosen will be shut down on 2026-12-11, in 15 days. Choose a live model in the input that names it.',
  ],
  [
    'written',
    'written',
    'The API announces that the model written will be shut down on 2026-11-27, in 1 day. It recommends better instead. This name is written into the eval or its solver. To ask a live model instead, set the input model-map: written=<live model>',
  ],
  [
    'old',
    'live',
    'The API announces that the model live was to be shut down on 2026-11-01. Correct the line old=live of the input model-map.',
  ],
  [
    'chosen',
    'today',
    'The API announces that the model today will be shut down today, 2026-11-26. Correct the line chosen=today of the input model-map.',
  ],
])('shutdown: a request for %s that asks %s gets a warning', async (asked, sent, message) => {
  const { log, models, request } = jobModels();
  models.responded(request(asked, sent));
  models.responded(request(asked, sent));
  await models.settled();
  expect(log.warnings).toEqual([message]);
});

test('shutdown: a date that is far away is only a line of the log, and one that is not announced is nothing', async () => {
  const { log, models, request } = jobModels();
  for (const name of ['far', 'safe', 'unlisted', '']) models.responded(request(name));
  await models.settled();
  expect(log.warnings).toEqual([]);
  expect(log.lines).toEqual([
    expect.stringMatching(/model far will be shut down on 2027-06-01, in 187 days/),
  ]);
});

test('shutdown: the list is requested once, with nothing of the request but who asks', async () => {
  const { sent, models, request } = jobModels();
  for (const name of ['chosen', 'written', 'chosen']) models.responded(request(name));
  await models.settled();
  expect(sent).toEqual([
    {
      url: 'https://openai.example/models',
      headers: { authorization: 'Bearer k', accept: 'application/json', 'user-agent': 'oaievalset-action' },
    },
  ]);
});

test('shutdown: a header Sunset of a response gives a warning, and one that is no date does not', () => {
  const { log, models, request } = jobModels();
  models.sunset(request('m'), 'Mon, 14 Dec 2026 00:00:00 GMT');
  models.sunset(request('n'), 'soon');
  models.sunset(request(''), 'Mon, 14 Dec 2026 00:00:00 GMT');
  expect(log.warnings).toEqual([
    expect.stringContaining('what serves the model m will be shut down on 2026-12-14, in 18 days'),
  ]);
});

test.each<[problem: string, respond: () => Promise<string>, maxMs?: number]>([
  ['fails', () => Promise.reject(new Error('no'))],
  ['is a web page', async () => '<html>'],
  ['does not arrive in time', () => new Promise(() => {}), 1],
  ['is empty', async () => '{"data":[]}'],
])('list of models: nothing is said when it %s', async (...[, respond, maxMs]) => {
  const { log, models, request } = jobModels(respond, maxMs);
  const found: string[] = [];
  models.responded(request('chosen'));
  models.similar(request('chosn'), (sentence) => found.push(sentence));
  await models.settled();
  expect([log.warnings, log.lines, found]).toEqual([[], [], []]);
});

test('list of models: the similar ones are named', async () => {
  const { models, request } = jobModels();
  const found: string[] = [];
  models.similar(request('chosn'), (sentence) => found.push(sentence));
  await models.settled();
  expect(found).toEqual(['The API has models with similar names: chosen.']);
});
