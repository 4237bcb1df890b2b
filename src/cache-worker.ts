import { writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { serve } from './checkpoint/cache/client.ts';
import { CUT_OFF, RESULT_FD, type WorkerRequest, type WorkerResult } from './checkpoint/cache/protocol.ts';
import { guardTools } from './checkpoint/trust/safe-tar.ts';
import { signalGroup } from './process/leader.ts';

/** The program of the cache worker. It serves one request, and ends with the action: docs/adr/0002. */

guardTools();
// Other users of the machine cannot read what it downloads and unpacks.
process.umask(0o077);

let received = '';
let started = false;

process.stdin.setEncoding('utf8');
process.stdin.on('data', (text: string) => {
  received += text;
  const end = received.indexOf('\n');
  if (started || end === -1) return;
  started = true;
  // The client waits indefinitely for the rest of a response that was cut off. Then only stdin keeps the process alive.
  (process.stdin as Socket).unref();
  process.once('beforeExit', () => report({ available: true, operation: 'error', message: CUT_OFF }));
  void serve(JSON.parse(received.slice(0, end)) as WorkerRequest).then(report);
});
// The action holds the other end of stdin. It closes when the action ends in any way, even by SIGKILL.
process.stdin.on('close', die);
process.stdin.on('error', die);

function report(result: WorkerResult): void {
  writeSync(RESULT_FD, JSON.stringify(result));
  // Without this the connections of the client would keep the process alive.
  process.exit(0);
}

/** Kills tar and zstd too: they are in the process group that this process leads. */
function die(): void {
  signalGroup(process.pid, 'SIGKILL');
  process.exit(1);
}
