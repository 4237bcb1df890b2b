/**
 * Lines of a journal segment. Each line is valid or damaged on its own:
 *
 *     {"crc":"9ae0daaf","journal":1,"eval":"…","repository":"…","fingerprint":"…","parts":{…},"made":1767225600000}
 *     {"crc":"1b2c3d4e","of":"<16 hex>","key":"<64 hex>","n":0,"status":200,"type":"application/json","usage":[9,3,0,0],"text":"…"}
 *     {"crc":"5f6a7b8c","of":"<16 hex>","stateful":1}
 *     {"crc":"9d0e1f2a","of":"<16 hex>","failed":"<64 hex>"}
 *
 * The first line of a segment is its header. It names the owner, and `made` (milliseconds since 1970) says which of two
 * segments is newer. Each further line contains a recorded response, marks the eval as stateful, or contains the hash of a way
 * in which the eval failed.
 *
 * `crc` is the CRC-32 of everything after it, so that a torn or damaged line costs only that line. `of` is the short form of
 * the owner, for segments whose header is damaged. `n` is the ordinal of the request among identical requests of the eval. The
 * body is `text`, `zstd` (compressed, Base64) where that is shorter, or `base64` where the body is not text. `adapted` lists
 * what was changed in the request, if anything. Of the user's data, only responses are recorded: no headers and no keys.
 */
import { createHash } from 'node:crypto';
import { crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { z } from 'zod';
import type { ApiResponse } from '../model/api-response.ts';

/** The content that the responses of a journal belong to. Responses of other content are not used. */
export interface JournalOwner {
  readonly eval: string;
  readonly repository: string;
  readonly fingerprint: string;
  readonly parts: Readonly<Record<string, string>>;
  /** Fingerprints that earlier versions of the action gave to the same content. */
  readonly formerFingerprints?: readonly string[];
}

/** What a line contains, without the response itself. `tag` is the `of` of the line. */
export type JournalLine =
  /** `at` is when a kept answer was recorded, in milliseconds since 1970. Lines of journals do not have it. */
  | { readonly kind: 'response'; readonly tag: string; readonly id: string; readonly at: number | undefined }
  | { readonly kind: 'stateful'; readonly tag: string }
  | { readonly kind: 'failed'; readonly tag: string; readonly signature: string }
  /** The line is undamaged, and is a header or a kind of line that this version does not know. */
  | { readonly kind: 'unknown'; readonly tag?: string }
  | { readonly kind: 'damaged' };

/** No response of a model has a longer line. */
export const MAX_LINE_BYTES = 256 * 1024 * 1024;

/** The header of an eval with a thousand parts takes a thirtieth of this. */
export const MAX_HEADER_BYTES = 4 * 1024 * 1024;

/** Compressing a shorter body takes more time than it saves. */
const MIN_COMPRESSED_BYTES = 2048;

const PREFIX = Buffer.from('{"crc":"');
/** The checksum covers everything after `{"crc":"xxxxxxxx",`. */
const CHECKED_FROM = PREFIX.length + 8 + 2;

/** A short hash of an owner. It tells owners apart, unless someone has constructed two with the same hash. */
export function ownerTag({ eval: key, repository, fingerprint }: JournalOwner): string {
  return createHash('sha256')
    .update(JSON.stringify([key, repository, fingerprint]))
    .digest('hex')
    .slice(0, 16);
}

/**
 * The id of a response in an index. It contains 96 bits of the key, which distinguish a million responses in a third of the
 * memory. `readResponse` compares the whole key.
 */
export function indexKey(key: string, n: number): string {
  return `${Buffer.from(key.slice(0, 24), 'hex').toString('latin1')}${n === 0 ? '' : n}`;
}

export function headerLine(
  { eval: key, repository, fingerprint, parts }: JournalOwner,
  made: number,
): Buffer {
  return checked({ journal: 1, eval: key, repository, fingerprint, parts, made });
}

export function responseLine(of: string, key: string, n: number, response: ApiResponse): Buffer {
  return checked({ of, key, n, ...factsOf(response), ...packed(response.body) });
}

/** A response with its request. */
export interface RecordedAnswer {
  readonly key: string;
  readonly n: number;
  /** When it was recorded, in milliseconds since 1970. */
  readonly at: number;
  readonly response: ApiResponse;
}

/** The line of a kept answer. A whole block of them is compressed (answer-block.ts), so the body by itself is not. */
export function answerLine(of: string, { key, n, at, response }: RecordedAnswer): Buffer {
  return checked({ of, key, n, at, ...factsOf(response), ...plain(response.body) });
}

function factsOf({ status, type, usage, adaptations = [] }: ApiResponse): object {
  const counts = [usage.prompt, usage.completion, usage.cached, usage.reasoning];
  return { status, type, usage: counts, ...(adaptations.length === 0 ? {} : { adapted: adaptations }) };
}

export function statefulLine(of: string): Buffer {
  return checked({ of, stateful: 1 });
}

export function failedLine(of: string, signature: string): Buffer {
  return checked({ of, failed: signature });
}

/** Reads only the start of a line, which says what the line contains: a response may be large. */
export function readLine(line: Buffer): JournalLine {
  if (!isIntact(line)) return { kind: 'damaged' };
  const start = line.toString('latin1', CHECKED_FROM, CHECKED_FROM + 128);
  const [, tag, rest] = /^"of":"([0-9a-f]{16})",(.*)$/s.exec(start) ?? [];
  if (tag === undefined || rest === undefined) return { kind: 'unknown' };
  const [, key, n, at] = /^"key":"([0-9a-f]{64})","n":(\d{1,9}),(?:"at":(\d{1,15}),)?/.exec(rest) ?? [];
  if (key !== undefined) {
    const time = at === undefined ? undefined : Number(at);
    return { kind: 'response', tag, id: indexKey(key, Number(n)), at: time };
  }
  if (rest === '"stateful":1}') return { kind: 'stateful', tag };
  const [, signature] = /^"failed":"([0-9a-f]{64})"}$/.exec(rest) ?? [];
  return signature === undefined ? { kind: 'unknown', tag } : { kind: 'failed', tag, signature };
}

/** Reads an undamaged header; undefined when the line is not a header. */
export function readHeader(
  line: Buffer,
): { readonly owner: JournalOwner; readonly made: number } | undefined {
  if (line.length > MAX_HEADER_BYTES) return undefined;
  try {
    const { made, eval: key, ...rest } = headerSchema.parse(JSON.parse(line.toString('utf8')));
    const { repository, fingerprint, parts } = rest;
    return { owner: { eval: key, repository, fingerprint, parts }, made };
  } catch {
    return undefined;
  }
}

/** The response in a line, if the line is undamaged and responds to this request. */
export function readResponse(line: Buffer, key: string, n: number): ApiResponse | undefined {
  const entry = readAnswer(line);
  return entry?.key === key && entry.n === n ? entry.response : undefined;
}

/** The response in an undamaged line, with its request. `at` is 0 in a line that does not have it. */
export function readAnswer(line: Buffer): RecordedAnswer | undefined {
  if (!isIntact(line)) return undefined;
  try {
    const entry = responseSchema.parse(JSON.parse(line.toString('utf8')));
    const [prompt, completion, cached, reasoning] = entry.usage;
    const { key, n, at, status, type, adapted: adaptations } = entry;
    const usage = { prompt, completion, cached, reasoning };
    const more = adaptations.length > 0 ? { adaptations } : {};
    return { key, n, at, response: { status, type, body: unpacked(entry), usage, ...more } };
  } catch {
    return undefined;
  }
}

/** A line with its checksum. */
export function checked(fields: object): Buffer {
  const rest = JSON.stringify(fields).slice(1);
  const crc = crc32(rest).toString(16).padStart(8, '0');
  return Buffer.from(`{"crc":"${crc}",${rest}\n`);
}

/** Whether the checksum of a line is right. */
export function isIntact(line: Buffer): boolean {
  if (line.length < CHECKED_FROM + 2 || line.compare(PREFIX, 0, PREFIX.length, 0, PREFIX.length) !== 0)
    return false;
  const crc = line.toString('latin1', PREFIX.length, PREFIX.length + 8);
  return /^[0-9a-f]{8}$/.test(crc) && Number.parseInt(crc, 16) === crc32(line.subarray(CHECKED_FROM));
}

const headerSchema = z.object({
  journal: z.literal(1),
  eval: z.string(),
  repository: z.string(),
  fingerprint: z.string(),
  parts: z.record(z.string(), z.string()),
  // Earlier versions did not write it, so their segments count as older than all others.
  made: z.int().nonnegative().default(0),
});

const tokens = z.int().nonnegative();
const adaptation = z.union([
  z.object({ model: z.string(), param: z.string(), value: z.string(), renamedTo: z.null() }),
  z.object({ model: z.string(), param: z.string(), value: z.null(), renamedTo: z.string() }),
]);
const responseSchema = z.object({
  key: z.string().regex(/^[0-9a-f]{64}$/),
  n: z.int().nonnegative(),
  at: z.int().nonnegative().default(0),
  status: z.int().min(200).max(299),
  type: z.string().max(1024),
  usage: z.tuple([tokens, tokens, tokens, tokens]),
  adapted: z.array(adaptation).default([]),
  text: z.string().optional(),
  zstd: z.string().optional(),
  base64: z.string().optional(),
});

function packed(body: Buffer): { text: string } | { zstd: string } | { base64: string } {
  if (body.length >= MIN_COMPRESSED_BYTES) {
    const zstd = zstdCompressSync(body);
    if (zstd.length * 4 < body.length * 3 * 0.9) return { zstd: zstd.toString('base64') };
  }
  return plain(body);
}

function plain(body: Buffer): { text: string } | { base64: string } {
  const text = body.toString('utf8');
  return Buffer.from(text).equals(body) ? { text } : { base64: body.toString('base64') };
}

function unpacked({ text, zstd, base64 }: z.infer<typeof responseSchema>): Buffer {
  if (text !== undefined) return Buffer.from(text);
  if (zstd === undefined) return Buffer.from(base64 ?? '', 'base64');
  return zstdDecompressSync(Buffer.from(zstd, 'base64'), { maxOutputLength: MAX_LINE_BYTES });
}
