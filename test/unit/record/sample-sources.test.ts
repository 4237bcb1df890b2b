import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MAX_SAMPLE_SOURCES } from '../../../src/model/completion-record.ts';
import { digestOf } from '../../../src/model/digest.ts';
import type { PromptSource } from '../../../src/model/prompt-source.ts';
import { sampleSources } from '../../../src/record/sample-sources.ts';
import { type Cleanup, temporaryDirectory } from '../../helpers/temporary-directory.ts';

const chat = (content: string) => [{ role: 'user', content }];

const asking = (id: string, prompt: unknown) => ({ sample_id: id, type: 'sampling', data: { prompt } });

function recordOf(cleanup: Cleanup, events: readonly object[]): string {
  const path = join(temporaryDirectory(cleanup), 'record.jsonl');
  writeFileSync(path, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  return path;
}

const prompts = (sources: Readonly<Record<string, PromptSource>>) =>
  new Map(Object.entries(sources).map(([content, source]) => [digestOf(chat(content)), source]));

test('sampleSources: a sample was sent when one of its requests was', async (context) => {
  const record = recordOf(context, [
    { spec: {} },
    asking('a.1', chat('old')),
    asking('a.2', chat('new')),
    asking('a.3', chat('old')),
    asking('a.3', chat('new')),
    asking('a.4', [{ content: 'old', role: 'user' }]),
    { final_report: {} },
  ]);
  expect(await sampleSources(record, prompts({ old: 'replayed', new: 'sent' }))).toEqual({
    sent: ['a.2', 'a.3'],
    unknown: [],
  });
});

test.for<[string, readonly object[]]>([
  ['whose prompt was both sent and replayed', [asking('x', chat('twice'))]],
  ['whose prompt is not that of any request', [asking('x', 'other')]],
  ['with one such prompt and a replayed one', [asking('x', chat('old')), asking('x', 'other')]],
  ['that records no prompt', [{ sample_id: 'x', type: 'match', data: { correct: true } }]],
])('sampleSources: a sample %s is unknown', async ([, events], context) => {
  const record = recordOf(context, [...events, asking('a.1', chat('old'))]);
  expect(await sampleSources(record, prompts({ old: 'replayed', twice: 'both' }))).toEqual({
    sent: [],
    unknown: ['x'],
  });
});

test('sampleSources: a list that is too long, and a file that is missing, say nothing', async (context) => {
  const ids = Array.from({ length: MAX_SAMPLE_SOURCES + 1 }, (_, n) => `a.${n}`);
  const ofAll = recordOf(
    context,
    ids.map((id) => asking(id, chat('new'))),
  );
  const sources = prompts({ new: 'sent' });
  expect(await sampleSources(ofAll, sources)).toBeUndefined();
  expect(await sampleSources(`${ofAll}.missing`, sources)).toBeUndefined();
  const most = recordOf(
    context,
    ids.slice(1).map((id) => asking(id, chat('new'))),
  );
  expect((await sampleSources(most, sources))?.sent).toHaveLength(MAX_SAMPLE_SOURCES);
});
