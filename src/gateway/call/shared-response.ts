/** One response for several clients: each gets all of it from its beginning, whenever it attaches. */
import type { IncomingHttpHeaders } from 'node:http';

/** Where a response goes as it arrives. */
export interface Sink {
  /** @param length bytes of the whole body, when they are known */
  head(status: number, headers: IncomingHttpHeaders, length: number | undefined): void;
  chunk(data: Buffer): void;
  end(): void;
  /** The response broke off after its head was sent. */
  cut(): void;
}

export class SharedResponse {
  readonly #sinks = new Set<Sink>();
  #head: { status: number; headers: IncomingHttpHeaders; length: number | undefined } | undefined;
  #chunks: Buffer[] = [];
  #state: 'waiting' | 'streaming' | 'ended' | 'cut' = 'waiting';

  /** Whether any client waits for it. */
  get wanted(): boolean {
    return this.#sinks.size > 0;
  }

  get state(): 'waiting' | 'streaming' | 'ended' | 'cut' {
    return this.#state;
  }

  attach(sink: Sink): void {
    this.#sinks.add(sink);
    if (!this.#head) return;
    sink.head(this.#head.status, this.#head.headers, this.#head.length);
    for (const chunk of this.#chunks) sink.chunk(chunk);
    if (this.#state === 'ended') sink.end();
    if (this.#state === 'cut') sink.cut();
  }

  detach(sink: Sink): void {
    this.#sinks.delete(sink);
  }

  detachAll(): void {
    this.#sinks.clear();
  }

  begin(status: number, headers: IncomingHttpHeaders, length?: number): void {
    this.#head = { status, headers, length };
    this.#state = 'streaming';
    for (const sink of this.#sinks) sink.head(status, headers, length);
  }

  pass(chunk: Buffer): void {
    this.#chunks.push(chunk);
    for (const sink of this.#sinks) sink.chunk(chunk);
  }

  end(): void {
    this.#state = 'ended';
    for (const sink of this.#sinks) sink.end();
  }

  cut(): void {
    this.#state = 'cut';
    for (const sink of this.#sinks) sink.cut();
  }

  /** Sends a whole response, or ends the one that was passed on while it arrived. */
  complete(status: number, headers: IncomingHttpHeaders, body: Buffer, length = body.length): void {
    if (this.#state !== 'streaming') {
      this.begin(status, headers, length);
      this.pass(body);
    }
    this.end();
  }
}
