/** Names of models that are replaced in requests, and what is recorded under which name. */
import { describe, expect, test } from 'vitest';
import { recordingLog } from '../../helpers/builders.ts';
import {
  answer,
  askOf,
  newPaths,
  openJournal,
  post,
  startRig,
  startStandInApi,
} from '../../helpers/gateway-rig.ts';

const modelsOf = (api: { readonly arrivals: readonly { readonly body: Buffer }[] }): string[] =>
  api.arrivals.map(({ body }) => JSON.parse(body.toString()).model);

const map = (...lines: [string, string][]) => new Map(lines);

describe('the model map', () => {
  test('model map: the live model is asked, by all clients of the eval, and the names that were asked for are known', async () => {
    const message = '{"type":"message","role":"assistant","content":[{"type":"text","text":"Hi"}]}';
    const api = await startStandInApi(({ path }, response) =>
      path.endsWith('/messages') ? answer(response, message) : answer(response),
    );
    const gateway = await startRig({
      openai: api.origin,
      anthropic: api.origin,
      modelMap: map(['old', 'live'], ['live', 'other']),
    });
    const lane = gateway.openLane('a', undefined);
    await askOf(lane, 'x', { model: 'old' });
    await askOf(lane, 'x');
    await post(`${lane.env.ANTHROPIC_BASE_URL}/v1/messages`, '{"model":"old","messages":[]}');
    expect(modelsOf(api)).toEqual(['live', 'gpt-4', 'live']);
    expect(lane.models()).toEqual({ old: 'live', 'gpt-4': 'gpt-4' });
    lane.restart();
    expect(lane.models()).toEqual({});
  });

  test('model map: a recorded response belongs to the model that was sent', async () => {
    const api = await startStandInApi((_, response) => answer(response));
    const paths = newPaths();
    const ask = async (modelMap: ReadonlyMap<string, string>) => {
      const gateway = await startRig({ openai: api.origin, modelMap });
      const journal = openJournal(paths);
      const lane = gateway.openLane('a', journal);
      await askOf(lane, 'x', { model: 'old' });
      const { sent, replayed } = lane.traffic();
      lane.close();
      journal.close();
      return { sent, replayed, models: lane.models() };
    };
    expect(await ask(map())).toEqual({ sent: 1, replayed: 0, models: { old: 'old' } });
    expect(await ask(map(['old', 'live']))).toEqual({ sent: 1, replayed: 0, models: { old: 'live' } });
    expect(await ask(map(['old', 'live']))).toEqual({ sent: 0, replayed: 1, models: { old: 'live' } });
    expect(await ask(map(['old', 'other']))).toMatchObject({ sent: 1, replayed: 0 });
    expect(await ask(map())).toMatchObject({ sent: 0, replayed: 1 });
    expect(modelsOf(api)).toEqual(['old', 'live', 'other']);
  });
});

describe('a model that the API refuses', () => {
  const refusing = (names: readonly string[]) =>
    startStandInApi(({ body }, response) => {
      const { model } = JSON.parse(body.toString() || '{}');
      if (model === undefined) return answer(response, '{"data":[{"id":"gpt-4o"},{"id":"o3"}]}');
      if (!names.includes(model)) return answer(response);
      const error = { message: `The model \`${model}\` has been deprecated`, code: 'model_not_found' };
      answer(response, JSON.stringify({ error }), {}, 404);
    });

  test.each<[string, string, [string, string][], string]>([
    ['that is written into the eval proposes a line', 'old', [], 'set the input model-map: old=<live model>'],
    [
      'that replaces another names its line',
      'dead',
      [['dead', 'old']],
      'Correct the line dead=old of the input model-map.',
    ],
  ])('refused model: one %s', async (_, asked, lines, advice) => {
    const api = await refusing(['old']);
    const gateway = await startRig({ openai: api.origin, modelMap: map(...lines) });
    const lane = gateway.openLane('a', undefined);
    expect((await askOf(lane, 'x', { model: asked })).status).toBe(404);
    expect(lane.lost()?.words).toContain(
      '404 model_not_found: The model `old` has been deprecated (model old, sample "x"). ',
    );
    expect(lane.lost()?.words).toContain(advice);
    expect(gateway.unusable.aborted).toBe(false);
  });

  test('refused model: that of the job ends it, with similar models of the list once the gateway is closed', async () => {
    const api = await refusing(['gpt-4']);
    const gateway = await startRig({ openai: api.origin, listsModels: true });
    await askOf(gateway.openLane('a', undefined), 'x');
    expect(gateway.unusable.aborted).toBe(true);
    await gateway.close();
    expect(gateway.whyUnusable()?.next).toBe(
      'Check the name of the model "gpt-4", and that the API key may use it. It may have been shut down. The API has models with similar names: gpt-4o.',
    );
  });

  test('list of models: it is requested with the key of the request, and only once a model has responded', async () => {
    const api = await refusing([]);
    const log = recordingLog();
    const gateway = await startRig({ openai: `${api.origin}/v1?api-version=7`, listsModels: true, log });
    const lane = gateway.openLane('a', undefined);
    expect(api.arrivals).toHaveLength(0);
    await askOf(lane, 'x');
    await askOf(lane, 'y');
    await gateway.close();
    const lists = api.arrivals.filter(({ method }) => method === 'GET');
    expect(lists.map(({ path, headers }) => [path, headers.authorization])).toEqual([
      ['/v1/models?api-version=7', 'Bearer sk-test'],
    ]);
    expect(log.warnings).toEqual([]);
  });
});
