import { afterEach, expect, test, vi } from 'vitest';
import { actionLog } from '../../../src/action/log.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** The lines that the log of the action writes to the runner. */
function printed(act: () => void): string[] {
  const chunks: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    chunks.push(String(chunk));
    return true;
  });
  act();
  vi.restoreAllMocks();
  return chunks.join('').split('\n').slice(0, -1);
}

test.each(['warning', 'error'] as const)(
  'actionLog: a long %s keeps its start and its end in 4 KB, and the log has all of it',
  (level) => {
    const message = `Evals failed: ${'name, '.repeat(3000)}\nWhat to do: re-run. [EVALS_FAILED]`;
    const lines = printed(() => actionLog[level](message, 'title '.repeat(100)));
    const annotation = lines.at(-1) ?? '';
    expect(annotation).toMatch(new RegExp(`^::${level} title=[^,]{1,200}::Evals failed: `));
    expect(annotation).toMatch(/What to do: re-run\. \[EVALS_FAILED\]$/);
    const data = annotation.replace(/^::.*?::/, '').replaceAll('%0A', '\n');
    expect(Buffer.byteLength(data)).toBeLessThanOrEqual(4096);
    expect(lines.slice(0, -1).join('\n')).toBe(message);
  },
);

test('actionLog: a short annotation is printed once, with invisible characters as codes', () => {
  expect(printed(() => actionLog.error('eval \u202ea failed\u0007', '\u200bt'))).toEqual([
    '::error title=\\u200bt::eval \\u202ea failed\\u0007',
  ]);
});

test('actionLog: a value that the runner already masks is hidden, and not sent to the runner again', () => {
  const key = 'sk-proj-0123456789';
  expect(printed(() => actionLog.hide(key, { isMasked: true }))).toEqual([]);
  expect(printed(() => actionLog.info(`with ${key}`))).toEqual(['with ***']);
});

test('actionLog: a hidden value is masked by the runner, and nothing that is printed later contains it', () => {
  const token = 'f00dfeed'.repeat(6);
  const line = `POST http://127.0.0.1:1/${token}/openai`;
  const masked = printed(() => actionLog.hide(token));
  expect(masked).toEqual([`::add-mask::${token}`]);
  const lines = printed(() => {
    actionLog.info(line);
    actionLog.child(line);
    actionLog.warning(line, token);
    actionLog.error(line);
    actionLog.debug(line);
  });
  expect(lines.length).toBe(5);
  expect(lines.join('\n')).not.toContain('f00dfeed');
  expect(actionLog.redact(line)).toBe('POST http://127.0.0.1:1/***/openai');
});
