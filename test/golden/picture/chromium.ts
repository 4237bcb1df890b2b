/** Takes pictures of pages with a headless Chromium, over the DevTools protocol. */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The path of a browser on PATH. */
export function findChromium(path = process.env.PATH ?? ''): string | undefined {
  const candidates = NAMES.flatMap((name) => path.split(delimiter).map((directory) => join(directory, name)));
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export interface Browser {
  /** @returns a PNG of the whole page, but of at most `maxHeight` pixels */
  picture(html: string, width: number, maxHeight: number): Promise<Buffer>;
  close(): Promise<void>;
}

export async function startChromium(executable: string): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'oaievalset-golden-'));
  const child = spawn(
    executable,
    [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--hide-scrollbars',
      '--force-device-scale-factor=1',
      // Grey edges compress better than coloured ones.
      '--disable-lcd-text',
      '--font-render-hinting=none',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const socket = await connected(await addressOf(child));
  const send = commands(socket);
  return {
    picture: (html, width, maxHeight) => picture(send, { html, width, maxHeight }),
    close: async () => {
      socket.close();
      child.kill();
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Chromium prints the address of its DevTools. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`Chromium ended before it could be used:\n${printed}`)));
    child.stderr?.on('data', (chunk: Buffer) => {
      printed += chunk.toString('utf8');
      const [, address] = /DevTools listening on (ws:\S+)/.exec(printed) ?? [];
      if (address !== undefined) resolve(address);
    });
  });
}

function connected(address: string): Promise<WebSocket> {
  const socket = new WebSocket(address);
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(socket));
    socket.addEventListener('error', () => reject(new Error(`No connection to Chromium at ${address}.`)));
  });
}

type Send = (method: string, params?: object, sessionId?: string) => Promise<Record<string, unknown>>;

interface Message {
  readonly id?: number;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

function commands(socket: WebSocket): Send {
  let last = 0;
  const waiting = new Map<number, (message: Message) => void>();
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Message;
    if (message.id !== undefined) waiting.get(message.id)?.(message);
  });
  return (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      last += 1;
      const id = last;
      waiting.set(id, ({ result = {}, error }) => {
        waiting.delete(id);
        if (error) reject(new Error(`Chromium refused ${method}: ${error.message}`));
        else resolve(result);
      });
      socket.send(JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }));
    });
}

interface Shot {
  readonly html: string;
  readonly width: number;
  readonly maxHeight: number;
}

async function picture(send: Send, { html, width, maxHeight }: Shot): Promise<Buffer> {
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  const inPage: Send = (method, params) => send(method, params, String(sessionId));
  await inPage('Emulation.setDeviceMetricsOverride', {
    width,
    height: 800,
    deviceScaleFactor: 1,
    mobile: false,
  });
  const { frameTree } = (await inPage('Page.getFrameTree')) as { frameTree: { frame: { id: string } } };
  await inPage('Page.setDocumentContent', { frameId: frameTree.frame.id, html });
  // Resolves when all fonts are there.
  await inPage('Runtime.evaluate', { expression: 'document.fonts.ready.then(() => 0)', awaitPromise: true });
  const { result } = (await inPage('Runtime.evaluate', {
    expression: 'Math.ceil(document.body.getBoundingClientRect().height)',
  })) as { result: { value: number } };
  const clip = { x: 0, y: 0, width, height: Math.min(result.value, maxHeight), scale: 1 };
  const { data } = await inPage('Page.captureScreenshot', {
    format: 'png',
    clip,
    captureBeyondViewport: true,
  });
  await send('Target.closeTarget', { targetId });
  return Buffer.from(String(data), 'base64');
}
