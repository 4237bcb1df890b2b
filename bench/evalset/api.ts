import type { ApiMessage, Counts } from '../api-process.ts';
import { Program } from '../program.ts';

/** The stand-in for the model API, in its own process. */
export class Api {
  readonly #program: Program;
  /** The variables with which a client finds it. */
  readonly env: Readonly<Record<string, string>>;

  private constructor(program: Program, url: string) {
    this.#program = program;
    this.env = { OPENAI_API_KEY: 'x', OPENAI_BASE_URL: url };
  }

  /** Gives `work` an API with this latency that knows the answers to these samples, and stops the API afterwards. */
  static async use<T>(latencyMs: number, samples: string, work: (api: Api) => Promise<T>): Promise<T> {
    const program = new Program('api-process.ts', [String(latencyMs), samples]);
    try {
      const { url } = await program.message<{ url: string }>();
      return await work(new Api(program, url));
    } finally {
      await program.stop();
    }
  }

  ask(message: ApiMessage): Promise<Counts> {
    return this.#program.ask<Counts>(message);
  }

  /** Runs `work` and counts the requests that the API receives meanwhile. */
  async counting<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly received: number }> {
    await this.ask('forget');
    const value = await work();
    const { received } = await this.ask('counts');
    return { value, received };
  }

  /** Runs `work` and checks that it sends exactly this many requests. */
  async expecting<T>(requests: number, work: () => Promise<T>): Promise<T> {
    const { value, received } = await this.counting(work);
    if (received !== requests)
      throw new Error(`The API received ${received} requests; this part of the benchmark sends ${requests}.`);
    return value;
  }

  /** Resolves when no request of a killed process is in flight any more. */
  async untilIdle(): Promise<void> {
    while ((await this.ask('counts')).open > 0);
  }
}
