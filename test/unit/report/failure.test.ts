import { expect, test } from 'vitest';
import { failureAnnotation } from '../../../src/report/failure.ts';

const bytes = (text: string) => Buffer.byteLength(text);

test('failureAnnotation: has the reason, then the last lines', () => {
  expect(failureAnnotation('oaieval exited with code 1', 2, ['Traceback', 'ValueError: no'])).toBe(
    'oaieval exited with code 1 (attempts: 2). It is not recorded as completed. Re-run the failed jobs to retry it.\nTraceback\nValueError: no',
  );
});

test('failureAnnotation: of thirty lines of 64 kB, the last ones fit into the 4 KB that GitHub shows', () => {
  const lines = Array.from({ length: 30 }, (_, n) => `line ${n} ${'x'.repeat(65_536)} end ${n}`);
  const annotation = failureAnnotation('oaieval exited with code 1', 2, lines);
  expect(bytes(annotation)).toBeLessThanOrEqual(4096);
  expect(annotation).toMatch(/^oaieval exited with code 1 /);
  expect(annotation).toMatch(/ end 29$/);
  expect(annotation).not.toContain('line 0 ');
});

test.each([
  'openai.NotFoundError: Error code: 404',
  'ValueError: no',
  'KeyboardInterrupt',
  'subprocess.CalledProcessError: Command died',
  'httpx.ConnectTimeout',
])('failureAnnotation: contains the exception "%s" when other threads printed much after it', (exception) => {
  const noise = Array.from({ length: 28 }, (_, n) => `thread ${n}: ${'ü'.repeat(5000)}`);
  const lines = ['Traceback (most recent call last):', exception, ...noise];
  const annotation = failureAnnotation('oaieval exited with code 1', 2, lines);
  expect(bytes(annotation)).toBeLessThanOrEqual(4096);
  const shown = annotation.split('\n');
  expect(shown[1]).toBe(exception);
  expect(shown.at(-1)).toMatch(/^thread 27: /);
});

test('failureAnnotation: a long exception keeps its name and its end', () => {
  const annotation = failureAnnotation('it failed', 1, [`ValueError: ${'x'.repeat(60_000)} of sample 7`]);
  expect(bytes(annotation)).toBeLessThanOrEqual(4096);
  expect(annotation).toMatch(/\nValueError: x+ .* x+ of sample 7$/);
});

test('failureAnnotation: a long reason is shortened, so that the output fits too', () => {
  const annotation = failureAnnotation(`it did nothing; ${'x'.repeat(10_000)}`, 1, ['ValueError: no']);
  expect(bytes(annotation)).toBeLessThanOrEqual(4096);
  expect(annotation).toContain('Re-run the failed jobs');
  expect(annotation).toMatch(/\nValueError: no$/);
});
