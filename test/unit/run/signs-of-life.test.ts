import { describe, expect, test } from 'vitest';
import { SignsOfLife } from '../../../src/run/signs-of-life.ts';

/** The lines that show that the eval advances. */
function newLines(lines: readonly string[]): string[] {
  const output = new SignsOfLife();
  return lines.filter((line) => output.read(line).isNew);
}

describe('signs of life: retries and failures', () => {
  test.each([
    // evals, with the backoff library
    'INFO:backoff:Backing off create_retrying(...) for 12.3s (openai.APIConnectionError: Connection error.)',
    '[2026-11-26 05:59:50,123] [_base_client.py:1047] Retrying request to /chat/completions in 0.478 seconds',
    // tenacity, as LangChain uses it
    'Retrying langchain.chat_models.openai.ChatOpenAI._completion_with_retry in 4.0 seconds as it raised APIConnectionError: .',
    "WARNING:urllib3.connectionpool:Retrying (Retry(total=2, connect=None)) after connection broken by 'NewConnectionError'",
    'Retrying due to 503 failed to connect to all addresses, sleeping 1.3s ...',
    'openai.APIConnectionError: Connection error.',
    "httpcore.LocalProtocolError: Illegal header value b'Bearer ***'",
    'httpx.ConnectError: [Errno 111] Connection refused',
    'socket.gaierror: [Errno -2] Name or service not known',
    'httpx.ProxyError: 407 Proxy Authentication Required',
    'ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed',
    'HTTP Request: POST https://example.com/v1/messages "HTTP/1.1 503 Service Unavailable"',
    'Error code: 429 - rate limited',
  ])('signs of life: "%s" is a complaint and no sign of life', (line) => {
    const output = new SignsOfLife();
    expect(output.read('[oaieval.py:215] Run started')).toEqual({ isNew: true, isComplaint: false });
    for (const each of [line, line.replace(/\d+\.\d/, '61.2')])
      expect(output.read(each)).toEqual({ isNew: false, isComplaint: true });
  });

  test('signs of life: tracebacks that differ only in numbers are new once', () => {
    const traceback = (id: number) => [
      'Traceback (most recent call last):',
      '  File "/own/solver.py", line 12, in solve',
      '    raise ValueError(answer)',
      `ValueError: no answer to req_${id}a`,
    ];
    expect(newLines([...traceback(1), ...traceback(2), ...traceback(3)])).toEqual(traceback(1));
    const output = new SignsOfLife();
    const complaints = traceback(1).filter((line) => output.read(line).isComplaint);
    expect(complaints).toEqual(['ValueError: no answer to req_1a']);
  });
});

describe('signs of life: progress bars', () => {
  test('signs of life: a progress bar that advances is a sign each time', () => {
    const lines = Array.from(
      { length: 5 },
      (_, n) => `  ${n * 20}%|${'█'.repeat(n * 2)}  | ${n}/5 [00:${n}0<00:40, 10.0s/it]`,
    );
    expect(newLines(lines)).toEqual(lines);
  });

  test('signs of life: a progress bar that does not advance is a sign once, although its clock runs', () => {
    const lines = ['00:10<?, ?it/s', '00:20<?, ?it/s', '01:20<10:40, 12.5s/it', '1:01:20<10:40:00, 99.1s/it'];
    const bars = lines.map((clock) => `  0%|          | 0/200 [${clock}]`);
    expect(newLines(bars)).toEqual(bars.slice(0, 1));
  });

  test.each([
    ['without a total', (n: number) => `${n}it [00:0${n},  1.20it/s]`],
    ['in bytes', (n: number) => `model.bin:  ${n}%|█ | 1.${n}G/4.98G [00:1${n}<01:20, 60.1MB/s]`],
    [
      'with a value of its own',
      (n: number) => `Epoch 1:  50%|█████ | 5/10 [00:01<00:01, 5.00it/s, loss=0.${n}]`,
    ],
  ])('signs of life: a progress bar %s is a sign only when it advances', (_, bar) => {
    expect(newLines([bar(1), bar(2), bar(2).replace('00:', '07:'), bar(3)])).toEqual([
      bar(1),
      bar(2),
      bar(3),
    ]);
  });

  test('signs of life: an inner progress bar that starts again is a sign', () => {
    const bars = ['0/2', '1/2', '2/2', '0/2', '1/2'].map(
      (count) => `Beams:  10%|█ | ${count} [00:01<00:01, 1it/s]`,
    );
    expect(newLines(bars)).toEqual(bars);
  });
});

describe('signs of life: other output', () => {
  test('signs of life: lines with different numbers are new', () => {
    const steps = Array.from({ length: 200 }, (_, n) => `step ${n}: loss 0.5`);
    expect(newLines(steps)).toEqual(steps);
  });

  test.each([
    ['a repeated line', ['.', '.', '.']],
    [
      'a line that differs in its time only',
      ['[2026-11-26 05:00:01,123] polling', '[2026-11-26 05:09:59,999] polling'],
    ],
    ['a message that it still waits', ['still waiting (10 s)', 'still waiting (20 s)']],
    ['a line of blanks', ['begun', '   ', '']],
  ])('signs of life: %s is no sign', (_, lines) => {
    expect(newLines(lines)).toEqual(lines.slice(0, 1));
  });

  test('signs of life: responses to requests that do not go through the gateway are signs', () => {
    const line = (id: number) => `HTTP Request: POST https://example.com/v1/runs/run_${id} "HTTP/1.1 200 OK"`;
    expect(newLines([line(1), line(2)])).toEqual([line(1), line(2)]);
  });

  test('signs of life: the number of remembered lines is limited', () => {
    const output = new SignsOfLife();
    for (let n = 0; n < 6_000; n += 1) expect(output.read(`line ${n}`).isNew).toBe(true);
    expect(output.read('line 5999').isNew).toBe(false);
  });
});
