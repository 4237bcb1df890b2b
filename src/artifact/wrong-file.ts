/** Recognizes files that are often in the place of a results.json or a samples.jsonl. */
import type { NotResults } from './results-file.ts';

/** @param head of the file: a few kilobytes, or all of it */
export function wrongFile(head: Buffer): NotResults | undefined {
  return KINDS.find(({ starts }) => starts.some((start) => head.subarray(0, start.length).equals(start)))
    ?.wrong;
}

const KINDS: readonly { readonly starts: readonly Buffer[]; readonly wrong: NotResults }[] = [
  {
    // https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
    starts: [Buffer.from('version https://git-lfs.github.com/spec/')],
    wrong: {
      problem: 'it is a Git LFS pointer, not the file itself',
      next: 'Add `lfs: true` to the step that runs actions/checkout.',
    },
  },
  {
    starts: [Buffer.from('PK\u0003\u0004')],
    wrong: {
      problem: 'it is a zip archive',
      next: 'Unpack it in an earlier step, and name the results.json inside.',
    },
  },
  {
    starts: [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])],
    wrong: {
      problem: 'it is text in UTF-16, as PowerShell writes it',
      next: 'Write it in UTF-8, such as with `Out-File -Encoding utf8`.',
    },
  },
];
