/** Complete and valid values for tests, which change only the fields that matter to them. */
import { createHash } from 'node:crypto';
import type { Log } from '../../src/log.ts';
import type { CompletionRecord } from '../../src/model/completion-record.ts';
import type { Owner } from '../../src/model/owner.ts';
import type { PlannedEval } from '../../src/model/plan.ts';
import { Redactor } from '../../src/text.ts';

export { temporaryDirectory } from './temporary-directory.ts';

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export const owner: Owner = { repository: 'o/r', cacheKey: '', model: 'gpt-4', evalSet: 'set' };

export function planned(key: string, content = 'v1', args: readonly string[] = []): PlannedEval {
  const parts = { samples: sha256(content), model: sha256('gpt-4') };
  return {
    key,
    name: key.split('.')[0] ?? key,
    command: ['oaieval', 'gpt-4', key, ...args],
    modelGraded: false,
    samples: 3,
    metrics: ['accuracy'],
    fingerprint: { value: sha256(JSON.stringify(parts)), parts },
    earlier: [],
    writable: [],
  };
}

export function completion(of: PlannedEval, changes: Partial<CompletionRecord> = {}): CompletionRecord {
  return {
    version: 1,
    eval: of.key,
    argv: [...of.command],
    fingerprint: of.fingerprint.value,
    parts: { ...of.fingerprint.parts },
    written: [],
    metrics: { accuracy: 0.5 },
    samples: 3,
    tokens: { prompt: 10, completion: 5, total: 15, cached: 0, reasoning: 0 },
    requests: null,
    adaptations: [],
    run: { repository: 'o/r', id: '1', attempt: 1 },
    started: '2026-01-01T00:00:00.000Z',
    ended: '2026-01-01T00:01:00.000Z',
    ...changes,
  };
}

/** A log that records its lines. */
export function recordingLog(): Log & { readonly lines: string[]; readonly warnings: string[] } {
  const lines: string[] = [];
  const warnings: string[] = [];
  const redactor = new Redactor();
  return {
    lines,
    warnings,
    debug: () => {},
    info: (message) => lines.push(message),
    notice: (message) => lines.push(`notice: ${message}`),
    warning: (message) => warnings.push(message),
    error: (message) => lines.push(`error: ${message}`),
    group(title) {
      lines.push(`group: ${title}`);
      return { [Symbol.dispose]: () => {} };
    },
    child: (line) => lines.push(`child: ${line}`),
    hide: (secret) => redactor.hide(secret),
    redact: (text) => redactor.redact(text),
  };
}
