import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The token count of each response in the sealed journals below a directory. */
export function recordedTokens(directory: string): number[] {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.resume\/journal\/.*\.jsonl$/.test(name),
  );
  return files
    .flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n').slice(1, -1))
    .map((line) => (JSON.parse(line) as { usage: [number, number] }).usage)
    .map(([prompt, completion]) => prompt + completion);
}
