/**
 * A stand-in for OpenAI's hosted Evals: the three lists that docs/hosted-evals/export.py reads, in the shapes of
 * `EvalListResponse`, `RunListResponse`, `OutputItemListResponse` and `SyncCursorPage` of OpenAI's Python client 2.x
 * (src/openai/types and src/openai/pagination.py in https://github.com/openai/openai-python).
 */
import type { ServerResponse } from 'node:http';

/** Less than a client asks for, so that every list has several pages. */
const PAGE = 2;

interface Arrival {
  /** 1 for the first request. */
  readonly n: number;
  readonly path: string;
}

export interface OutputItem {
  readonly id: string;
  readonly datasource_item_id: number;
  readonly datasource_item: Readonly<Record<string, unknown>>;
  /** Null when the run sent no prompt to a model, because the data has the answers. */
  readonly sample: { readonly input: readonly object[]; readonly output: readonly object[] } | null;
}

export interface HostedEvals {
  /** The output items of the runs of each eval. */
  readonly evals: Readonly<Record<string, Readonly<Record<string, readonly OutputItem[]>>>>;
  /** The status with which the request fails. Without one it succeeds. */
  readonly fails?: (arrival: Arrival) => number | undefined;
}

export const outputItem = (
  number: number,
  item: Readonly<Record<string, unknown>>,
  sample: OutputItem['sample'],
): OutputItem => ({
  id: `outputitem_${number}`,
  datasource_item_id: number,
  datasource_item: item,
  sample,
});

/** @returns what `startApi` of test/helpers/network.ts serves */
export function hostedEvals({
  evals,
  fails,
}: HostedEvals): (arrival: Arrival, response: ServerResponse) => void {
  const lists = new Map<string, readonly { readonly id: string }[]>();
  lists.set('/v1/evals', Object.keys(evals).map(evalObject));
  for (const [id, runs] of Object.entries(evals)) {
    lists.set(
      `/v1/evals/${id}/runs`,
      Object.keys(runs).map((run) => runObject(run, id)),
    );
    for (const [run, items] of Object.entries(runs))
      lists.set(
        `/v1/evals/${id}/runs/${run}/output_items`,
        items.map((item) => ({ object: 'eval.run.output_item', eval_id: id, run_id: run, ...item })),
      );
  }
  return (arrival, response) => {
    const { pathname, searchParams } = new URL(arrival.path, 'http://127.0.0.1');
    const list = lists.get(pathname);
    const status = fails?.(arrival) ?? (list ? 200 : 404);
    response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '0' });
    if (status !== 200 || !list) {
      response.end('{"error": {"message": "the stand-in refuses"}}');
      return;
    }
    const start = list.findIndex(({ id }) => id === searchParams.get('after')) + 1;
    const data = list.slice(start, start + PAGE);
    const more = start + PAGE < list.length;
    response.end(
      JSON.stringify({
        object: 'list',
        data,
        first_id: data.at(0)?.id,
        last_id: data.at(-1)?.id,
        has_more: more,
      }),
    );
  };
}

const evalObject = (id: string) => ({
  object: 'eval',
  id,
  name: `The eval ${id}`,
  created_at: 1_739_314_509,
  data_source_config: { type: 'custom', schema: {} },
  testing_criteria: [
    {
      type: 'string_check',
      name: 'capital',
      operation: 'ilike',
      input: '{{sample.output_text}}',
      reference: '{{item.capital}}',
    },
  ],
  metadata: {},
});

const runObject = (id: string, evalId: string) => ({
  object: 'eval.run',
  id,
  eval_id: evalId,
  name: `The run ${id}`,
  status: 'completed',
  created_at: 1_739_314_509,
  data_source: { type: 'completions', source: { type: 'file_id', id: 'file-1' } },
});
