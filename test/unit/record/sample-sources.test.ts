import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MAX_SAMPLE_SOURCES } from '../../../src/model/completion-record.ts';
import { digestOf } from '../../../src/model/digest.ts';
import type { PromptSource, PromptSources } from '../../../src/model/prompt-source.ts';
import { sampleSources } from '../../../src/record/sample-sources.ts';
import { readSamples } from '../../../src/record/samples.ts';
import { wereReplayed } from '../../../src/run/samples-on-disk.ts';
import { type Cleanup, temporaryDirectory } from '../../helpers/temporary-directory.ts';

const chat = (content: string) => [{ role: 'user', content }];

const asking = (id: string, prompt: unknown) => ({ sample_id: id, type: 'sampling', data: { prompt } });

function recordOf(cleanup: Cleanup, events: readonly object[]): string {
  const path = join(temporaryDirectory(cleanup), 'record.jsonl');
  writeFileSync(path, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  return path;
}

const prompts = (sources: Readonly<Record<string, PromptSource>>): PromptSources =>
  new Map(Object.entries(sources).map(([content, source]) => [digestOf(chat(content)), source]));

const SOURCES = prompts({ old: 'replayed', new: 'sent', twice: 'both' });
const MIXED = { sent: 1, replayed: 1 };

/** What the samples of the record are said to be, by their ids, when some of the requests were replayed. */
async function replayedIn(record: string): Promise<Readonly<Record<string, boolean | null>>> {
  const found = await sampleSources(record, SOURCES);
  const read = await readSamples(record, wereReplayed({ requests: MIXED, sampleSources: found }));
  return Object.fromEntries(read?.samples.map(({ id, replayed }) => [id, replayed]) ?? []);
}

test('sampleSources: a sample was replayed when all of its requests were', async (context) => {
  const record = recordOf(context, [
    { spec: {} },
    asking('a.3', chat('old')),
    asking('a.1', chat('old')),
    asking('a.2', chat('new')),
    asking('a.3', chat('new')),
    asking('a.0', [{ content: 'old', role: 'user' }]),
    { final_report: {} },
  ]);
  expect(await replayedIn(record)).toEqual({ 'a.0': true, 'a.1': true, 'a.2': false, 'a.3': false });
});

test.for<[string, readonly object[]]>([
  ['whose prompt was both sent and replayed', [asking('x', chat('twice'))]],
  ['whose prompt is not that of any request', [asking('x', 'other')]],
  ['with one such prompt and a replayed one', [asking('x', chat('old')), asking('x', 'other')]],
  ['that records no prompt', [{ sample_id: 'x', type: 'match', data: { correct: true } }]],
])('sampleSources: of a sample %s it is not known', async ([, events], context) => {
  expect(await replayedIn(recordOf(context, [...events, asking('a.1', chat('old'))]))).toEqual({
    x: null,
    'a.1': true,
  });
});

test('sampleSources: of a record with other samples than then, nothing is known', async (context) => {
  const record = recordOf(context, [asking('a.0', chat('old')), asking('a.1', chat('new'))]);
  const found = await sampleSources(record, SOURCES);
  const torn = recordOf(context, [asking('a.1', chat('new'))]);
  const read = await readSamples(torn, wereReplayed({ requests: MIXED, sampleSources: found }));
  expect(read?.samples.map(({ replayed }) => replayed)).toEqual([null]);
});

test('sampleSources: too many samples, and a file that is missing, say nothing', async (context) => {
  const events = Array.from({ length: MAX_SAMPLE_SOURCES + 1 }, (_, n) =>
    asking(`a.${n}`, chat(n % 2 === 0 ? 'new' : 'old')),
  );
  const record = recordOf(context, events);
  expect(await sampleSources(record, SOURCES)).toBeUndefined();
  expect(await sampleSources(`${record}.missing`, SOURCES)).toBeUndefined();
  const most = recordOf(context, [...events.slice(1), asking('b'.repeat(5000), chat('new'))]);
  expect((await sampleSources(most, SOURCES))?.samples).toBe(MAX_SAMPLE_SOURCES);
  const replayed = await replayedIn(most);
  expect(Object.values(replayed).filter((each) => each === true)).toHaveLength(MAX_SAMPLE_SOURCES / 2);
  expect(replayed).toMatchObject({ 'a.1': true, 'a.9999': true, 'a.10000': false });
});
