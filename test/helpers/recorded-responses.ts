import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Token counts of the responses that the sealed journals below a directory hold. */
export function recordedTokens(directory: string): number[] {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.resume\/journal\/.*\.jsonl$/.test(name),
  );
  return files
    .flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n').slice(1, -1))
    .map((line) => (JSON.parse(line) as { usage: [number, number] }).usage)
    .map(([prompt, completion]) => prompt + completion);
}
