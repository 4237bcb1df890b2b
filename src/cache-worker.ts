import { writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { serve } from './checkpoint/cache/client.ts';
import { CUT_OFF, RESULT_FD, type WorkerRequest, type WorkerResult } from './checkpoint/cache/protocol.ts';
import { guardTools } from './checkpoint/trust/safe-tar.ts';
import { signalGroup } from './process/leader.ts';

/** The program of the cache worker: one request, one result, and no life of its own (see docs/adr/0002). */

guardTools();
// What it downloads and unpacks is for this user alone.
process.umask(0o077);

let received = '';
let started = false;

process.stdin.setEncoding('utf8');
process.stdin.on('data', (text: string) => {
  received += text;
  const end = received.indexOf('\n');
  if (started || end === -1) return;
  started = true;
  // The client waits for ever for the rest of an answer that was cut off. Nothing keeps the process then, stdin apart.
  (process.stdin as Socket).unref();
  process.once('beforeExit', () => tell({ available: true, operation: 'error', message: CUT_OFF }));
  void serve(JSON.parse(received.slice(0, end)) as WorkerRequest).then(tell);
});
// The open stdin is the leash: it closes when the action ends, however it ends, and nobody waits for us any more.
process.stdin.on('close', die);
process.stdin.on('error', die);

function tell(result: WorkerResult): void {
  writeSync(RESULT_FD, JSON.stringify(result));
  // Not left to the event loop: the client keeps connections open.
  process.exit(0);
}

/** Takes tar and zstd along: they share the process group that this process leads. */
function die(): void {
  signalGroup(process.pid, 'SIGKILL');
  process.exit(1);
}
