/**
 * The journal of an eval that has not finished: every answer it got, so that it need not be paid for again.
 *
 * A journal is a directory of segments, `1.jsonl`, `2.jsonl`, …. One segment, below `.live/`, is appended to; the others
 * are sealed, below `.resume/journal/`, and never change. Each line stands for itself:
 *
 *     {"crc":"9ae0daaf","journal":1,"eval":"…","repository":"…","fingerprint":"…","parts":{…}}      first line of a segment
 *     {"crc":"1b2c3d4e","of":"<16 hex>","key":"<64 hex>","n":0,"status":200,"type":"application/json","usage":[9,3,0,0],"text":"…"}
 *
 * `crc` is the CRC-32 of everything behind it, so that a torn or damaged line costs that line only. `of` says whose it is,
 * in short, also when the first line is damaged. `n` says the
 * how-manyth identical request of the eval it answers. The body is `text`, or `zstd` (compressed, Base64) where that is
 * shorter, or `base64` where it is not text. There is nothing of the user's in it but the answers: no header, no key.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { z } from 'zod';
import { hashFile } from './durable.ts';
import { evalFileStem, type StatePaths, stateFolder } from './paths.ts';
import { setAside } from './set-aside.ts';

/** Tokens of one answer, as the provider counted them. */
export interface TokenUsage {
  readonly prompt: number;
  readonly completion: number;
  /** Part of `prompt`. */
  readonly cached: number;
  /** Part of `completion`. */
  readonly reasoning: number;
}

/** A whole, successful answer of the API. */
export interface Answer {
  /** HTTP status, 200 to 299. */
  readonly status: number;
  /** Its Content-Type. */
  readonly type: string;
  /** Decoded: no content encoding is left. */
  readonly body: Buffer;
  readonly usage: TokenUsage;
}

/** What the answers of a journal belong to; those of another content are not used. */
export interface JournalOwner {
  readonly eval: string;
  readonly repository: string;
  readonly fingerprint: string;
  readonly parts: Readonly<Record<string, string>>;
}

export interface OpenedJournal {
  readonly journal: Journal;
  /** The parts of the content that answers kept from before, now dropped, belonged to; undefined when none were. */
  readonly staleParts: Readonly<Record<string, string>> | undefined;
  /** Lines that were torn or damaged. */
  readonly damaged: number;
  /** Files that are no segments of this journal, and where they were set aside to. */
  readonly rejected: readonly string[];
}

interface Segment {
  readonly path: string;
  readonly file: number;
  size: number;
}

/** Where an answer lies. Bodies stay on disk: a journal may be larger than memory. */
interface Place {
  readonly segment: Segment;
  readonly offset: number;
  readonly length: number;
}

/** A larger line is no answer of a model. */
const LONGEST_LINE = 256 * 1024 * 1024;
/** Below this compression saves less than the time it takes. */
const WORTH_COMPRESSING = 2048;
const CHUNK = 1 << 20;

export class Journal {
  readonly #paths: StatePaths;
  readonly #owner: JournalOwner;
  readonly #tag: string;
  readonly #places = new Map<string, Place>();
  #segments: Segment[] = [];
  #live: Segment | undefined;

  private constructor(paths: StatePaths, owner: JournalOwner) {
    this.#paths = paths;
    this.#owner = owner;
    this.#tag = tagOf(owner);
  }

  /** Opens the journal of an eval, with all answers that were kept for the same content. Reads each segment once. */
  static open(paths: StatePaths, owner: JournalOwner): OpenedJournal {
    sealLive(paths, owner.eval);
    const journal = new Journal(paths, owner);
    let staleParts: OpenedJournal['staleParts'];
    let damaged = 0;
    const rejected: string[] = [];
    for (const { path } of segmentFiles(sealedFolder(paths, owner.eval))) {
      const segment: Segment = { path, file: openSync(path, 'r'), size: 0 };
      const read = journal.#index(segment);
      damaged += read.damaged;
      if (read.kind === 'own') {
        journal.#segments.push(segment);
        continue;
      }
      closeSync(segment.file);
      if (read.kind === 'stale') staleParts ??= read.parts;
      if (read.kind === 'foreign') rejected.push(setAside(path, new Date(), stateFolder(paths)));
      else rmSync(path, { force: true });
    }
    return { journal, staleParts, damaged, rejected };
  }

  /** Answers that are kept. */
  get size(): number {
    return this.#places.size;
  }

  /** The answer to the `n`-th (from 0) request with this key, if it is kept and undamaged. */
  find(key: string, n: number): Answer | undefined {
    const place = this.#places.get(placeId(key, n));
    if (!place) return undefined;
    const line = Buffer.allocUnsafe(place.length);
    readSync(place.segment.file, line, 0, place.length, place.offset);
    const entry = isIntact(line) ? parseEntry(line) : undefined;
    // The index holds a part of the key only.
    if (entry?.key !== key || entry.n !== n) return undefined;
    const { status, type, body, usage } = entry;
    return { status, type, body, usage };
  }

  /** Whether an answer is kept, told from memory alone. */
  has(key: string, n: number): boolean {
    return this.#places.has(placeId(key, n));
  }

  /** Keeps an answer. When this returns it outlives the process. Throws what the file system throws. */
  append(key: string, n: number, answer: Answer): void {
    const segment = this.#live ?? this.#openLive();
    const line = entryLine(this.#tag, key, n, answer);
    write(segment, line);
    this.#places.set(placeId(key, n), {
      segment,
      offset: segment.size - line.length,
      length: line.length - 1,
    });
  }

  /** Ends the live segment and moves it where checkpoints take it from. Appending goes on in a new one. */
  seal(): void {
    const live = this.#live;
    if (!live) return;
    this.#live = undefined;
    fsyncSync(live.file);
    const folder = sealedFolder(this.#paths, this.#owner.eval);
    mkdirSync(folder, { recursive: true });
    // The open file moves with its name; places in it stay valid.
    renameSync(live.path, join(folder, `${nextNumber(folder)}.jsonl`));
    this.#segments.push(live);
  }

  /** Lets go of the files; what was not sealed stays live and is sealed by whoever opens the state next. */
  close(): void {
    for (const { file } of this.#live ? [...this.#segments, this.#live] : this.#segments) closeSync(file);
    this.#segments = [];
    this.#live = undefined;
    this.#places.clear();
  }

  /** Forgets every answer: the eval has completed, or its answers lead nowhere. New ones can be kept. */
  drop(): void {
    this.close();
    removeFolders([sealedFolder(this.#paths, this.#owner.eval), liveFolder(this.#paths, this.#owner.eval)]);
  }

  #openLive(): Segment {
    const folder = liveFolder(this.#paths, this.#owner.eval);
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${nextNumber(folder)}.jsonl`);
    const segment: Segment = { path, file: openSync(path, 'wx+', 0o644), size: 0 };
    write(segment, checked({ journal: 1, ...this.#owner }));
    this.#live = segment;
    return segment;
  }

  /** Notes where each intact line of this owner lies. */
  #index(segment: Segment): { damaged: number } & IndexedSegment {
    let own = false;
    let damaged = 0;
    for (const { line, offset } of linesOf(segment)) {
      if (!isIntact(line)) {
        damaged += 1;
        continue;
      }
      const entry = headOf(line);
      if (entry?.tag === this.#tag) {
        own = true;
        this.#places.set(entry.id, { segment, offset, length: line.length });
        continue;
      }
      const owner = parseHeader(line);
      if (owner && sameOwner(owner, this.#owner)) own = true;
      // Before all others: answers of a segment that is given up must not have been indexed.
      else if (own) damaged += 1;
      else if (owner?.repository === this.#owner.repository && owner.eval === this.#owner.eval)
        return { kind: 'stale', parts: owner.parts, damaged };
      else return { kind: 'foreign', damaged };
    }
    if (own) return { kind: 'own', damaged };
    // Torn before its first line was whole, or there is nothing of it that could be read.
    return { kind: damaged > 1 ? 'foreign' : 'empty', damaged };
  }
}

type IndexedSegment =
  | { readonly kind: 'own' | 'foreign' | 'empty' }
  /** Of other content of the same eval. */
  | { readonly kind: 'stale'; readonly parts: Readonly<Record<string, string>> };

/** Seals the live segments of all evals, or of one, that a process which is gone left behind. */
export function sealLive(paths: StatePaths, evalKey?: string): void {
  const root = join(paths.live, 'journal');
  const names = evalKey === undefined ? folders(root) : [evalFileStem(evalKey)];
  for (const name of names) {
    const sealed = join(paths.journal, name);
    for (const { path } of segmentFiles(join(root, name))) {
      mkdirSync(sealed, { recursive: true });
      renameSync(path, join(sealed, `${nextNumber(sealed)}.jsonl`));
    }
  }
}

/** Removes the journals of all evals but these: the others are done, or no longer in the set. */
export function keepJournals(paths: StatePaths, evalKeys: readonly string[]): void {
  const kept = new Set(evalKeys.map(evalFileStem));
  for (const root of [paths.journal, join(paths.live, 'journal')]) {
    removeFolders(
      folders(root)
        .filter((name) => !kept.has(name))
        .map((name) => join(root, name)),
    );
  }
}

/** Takes over the sealed segments of another state, those that are not here already. */
export function adoptJournals(from: StatePaths, to: StatePaths): void {
  for (const name of folders(from.journal)) {
    const target = join(to.journal, name);
    const present = new Set(segmentFiles(target).map(({ path }) => contentOf(path)));
    for (const { path } of segmentFiles(join(from.journal, name))) {
      if (present.has(contentOf(path))) continue;
      mkdirSync(target, { recursive: true });
      copyFileSync(path, join(target, `${nextNumber(target)}.jsonl`));
    }
  }
}

function contentOf(path: string): string {
  const hash = createHash('sha256');
  hashFile(hash, path);
  return hash.digest('hex');
}

function removeFolders(paths: readonly string[]): void {
  for (const path of paths) {
    rmSync(path, { recursive: true, force: true });
    try {
      rmdirSync(join(path, '..'));
    } catch {
      // Others have journals there.
    }
  }
}

const sealedFolder = (paths: StatePaths, evalKey: string) => join(paths.journal, evalFileStem(evalKey));
const liveFolder = (paths: StatePaths, evalKey: string) => join(paths.live, 'journal', evalFileStem(evalKey));

function folders(root: string): string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

/** Segments of a folder in the order of their numbers; anything else that lies there is passed over. */
function segmentFiles(folder: string): { path: string; number: number }[] {
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^[1-9]\d{0,8}\.jsonl$/.test(entry.name))
    .map((entry) => ({ path: join(folder, entry.name), number: Number.parseInt(entry.name, 10) }))
    .sort((a, b) => a.number - b.number);
}

function nextNumber(folder: string): number {
  return (segmentFiles(folder).at(-1)?.number ?? 0) + 1;
}

// ------------------------------------------------------------------------------------------------------- lines

const PREFIX = Buffer.from('{"crc":"');
/** Behind `{"crc":"xxxxxxxx",` */
const CHECKED_FROM = PREFIX.length + 8 + 2;

/** Enough of a hash to tell owners apart that nobody chose. */
function tagOf({ eval: key, repository, fingerprint }: JournalOwner): string {
  return createHash('sha256')
    .update(JSON.stringify([key, repository, fingerprint]))
    .digest('hex')
    .slice(0, 16);
}

function checked(fields: object): Buffer {
  const rest = JSON.stringify(fields).slice(1);
  const crc = crc32(rest).toString(16).padStart(8, '0');
  return Buffer.from(`{"crc":"${crc}",${rest}\n`);
}

function isIntact(line: Buffer): boolean {
  if (line.length < CHECKED_FROM + 2 || line.compare(PREFIX, 0, PREFIX.length, 0, PREFIX.length) !== 0)
    return false;
  const crc = line.toString('latin1', PREFIX.length, PREFIX.length + 8);
  return /^[0-9a-f]{8}$/.test(crc) && Number.parseInt(crc, 16) === crc32(line.subarray(CHECKED_FROM));
}

function entryLine(of: string, key: string, n: number, { status, type, body, usage }: Answer): Buffer {
  const counts = [usage.prompt, usage.completion, usage.cached, usage.reasoning];
  return checked({ of, key, n, status, type, usage: counts, ...packed(body) });
}

function packed(body: Buffer): { text: string } | { zstd: string } | { base64: string } {
  if (body.length >= WORTH_COMPRESSING) {
    const zstd = zstdCompressSync(body);
    if (zstd.length * 4 < body.length * 3 * 0.9) return { zstd: zstd.toString('base64') };
  }
  const text = body.toString('utf8');
  return Buffer.from(text).equals(body) ? { text } : { base64: body.toString('base64') };
}

const tokens = z.int().nonnegative();
const entrySchema = z.object({
  key: z.string().regex(/^[0-9a-f]{64}$/),
  n: z.int().nonnegative(),
  status: z.int().min(200).max(299),
  type: z.string().max(1024),
  usage: z.tuple([tokens, tokens, tokens, tokens]),
  text: z.string().optional(),
  zstd: z.string().optional(),
  base64: z.string().optional(),
});

function parseEntry(line: Buffer): (Answer & { key: string; n: number }) | undefined {
  try {
    const { key, n, status, type, usage, text, zstd, base64 } = entrySchema.parse(
      JSON.parse(line.toString('utf8')),
    );
    const [prompt, completion, cached, reasoning] = usage;
    const body =
      text !== undefined
        ? Buffer.from(text)
        : zstd !== undefined
          ? zstdDecompressSync(Buffer.from(zstd, 'base64'), { maxOutputLength: LONGEST_LINE })
          : Buffer.from(base64 ?? '', 'base64');
    return { key, n, status, type, body, usage: { prompt, completion, cached, reasoning } };
  } catch {
    return undefined;
  }
}

/** Owner, key and occurrence from the beginning of a line, so that a large body need not be parsed to know whose it is. */
function headOf(line: Buffer): { tag: string; id: string } | undefined {
  const [, tag, key, n] =
    /^"of":"([0-9a-f]{16})","key":"([0-9a-f]{64})","n":(\d{1,9}),/.exec(
      line.toString('latin1', CHECKED_FROM, CHECKED_FROM + 128),
    ) ?? [];
  return tag === undefined || key === undefined ? undefined : { tag, id: placeId(key, Number(n)) };
}

/** 96 bits of the key are plenty to tell a million answers apart, in a third of the memory; `find` checks the rest. */
function placeId(key: string, n: number): string {
  return `${Buffer.from(key.slice(0, 24), 'hex').toString('latin1')}${n === 0 ? '' : n}`;
}

const headerSchema = z.object({
  journal: z.literal(1),
  eval: z.string(),
  repository: z.string(),
  fingerprint: z.string(),
  parts: z.record(z.string(), z.string()),
});

function parseHeader(line: Buffer): JournalOwner | undefined {
  try {
    const result = headerSchema.safeParse(JSON.parse(line.toString('utf8')));
    return result.success ? result.data : undefined;
  } catch {
    return undefined;
  }
}

function sameOwner(a: JournalOwner, b: JournalOwner): boolean {
  return a.eval === b.eval && a.repository === b.repository && a.fingerprint === b.fingerprint;
}

function write(segment: Segment, line: Buffer): void {
  let written = 0;
  while (written < line.length) {
    written += writeSync(segment.file, line, written, line.length - written, segment.size + written);
  }
  segment.size += line.length;
}

/**
 * The lines of a segment, the last one also without its newline. Sets the segment's size. All lines lie in one buffer that
 * is used again: a line is valid until the next is asked for.
 */
function* linesOf(segment: Segment): Generator<{ line: Buffer; offset: number }> {
  let buffer = Buffer.allocUnsafe(CHUNK);
  /** Bytes in the buffer, and where in the file they begin. */
  let filled = 0;
  let start = 0;
  for (;;) {
    if (filled === buffer.length) {
      if (buffer.length >= LONGEST_LINE) return;
      buffer = Buffer.concat([buffer], buffer.length * 2);
    }
    const read = readSync(segment.file, buffer, filled, buffer.length - filled, segment.size);
    if (read === 0) break;
    segment.size += read;
    const end = filled + read;
    let from = 0;
    let newline = buffer.indexOf(10, filled);
    while (newline >= 0 && newline < end) {
      yield { line: buffer.subarray(from, newline), offset: start + from };
      from = newline + 1;
      newline = buffer.indexOf(10, from);
    }
    buffer.copyWithin(0, from, end);
    filled = end - from;
    start += from;
  }
  if (filled > 0) yield { line: buffer.subarray(0, filled), offset: start };
}
