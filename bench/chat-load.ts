/** A client that sends many small chat completions. */
import { Pool } from 'undici';

export interface Load {
  /** From the first request to the last response. */
  readonly elapsedMs: number;
  /** Of each request. */
  readonly latenciesMs: readonly number[];
}

/**
 * Sends the chat completions with the numbers `from` to `to - 1`, and keeps `inFlight` of them in flight.
 * @throws if the status of a response is not 200
 */
export async function chat(base: string, from: number, to: number, inFlight: number): Promise<Load> {
  const url = new URL(base);
  const pool = new Pool(url.origin, { connections: inFlight });
  const latenciesMs: number[] = [];
  let next = from;
  const client = async (): Promise<void> => {
    while (next < to) {
      const content = `What is the capital of country number ${next++}?`;
      const begun = performance.now();
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: `${url.pathname}/chat/completions`,
        headers: { authorization: 'Bearer none', 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'gpt-4', messages: [{ role: 'user', content }], temperature: 0 }),
      });
      await body.text();
      if (statusCode !== 200) throw new Error(`A request of the benchmark got status ${statusCode}.`);
      latenciesMs.push(performance.now() - begun);
    }
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: inFlight }, client));
  const elapsedMs = performance.now() - begun;
  await pool.close();
  return { elapsedMs, latenciesMs };
}
