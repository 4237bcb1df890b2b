/**
 * Lines of a journal segment. Each stands for itself:
 *
 *     {"crc":"9ae0daaf","journal":1,"eval":"…","repository":"…","fingerprint":"…","parts":{…},"made":1767225600000}
 *     {"crc":"1b2c3d4e","of":"<16 hex>","key":"<64 hex>","n":0,"status":200,"type":"application/json","usage":[9,3,0,0],"text":"…"}
 *     {"crc":"5f6a7b8c","of":"<16 hex>","stateful":1}
 *     {"crc":"9d0e1f2a","of":"<16 hex>","failed":"<64 hex>"}
 *
 * The first kind begins each segment and names its owner; `made` (milliseconds since 1970) tells which of two segments is the
 * newer one. The second holds an answer, the third marks an eval that makes something at the API, the fourth a way in which it
 * failed. `crc` is the CRC-32 of everything behind it, so that a torn or damaged line costs that line only. `of` is the short
 * form of the owner, for segments whose first line is damaged. `adapted` lists what was changed in the request, where something was. `n` is the ordinal of the request among identical requests of
 * the eval. The body is `text`, or `zstd` (compressed, Base64) where that is shorter, or `base64` where it is not text. There
 * is nothing of the user's in it but the answers: no header, no key.
 */
import { createHash } from 'node:crypto';
import { crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { z } from 'zod';
import type { ApiResponse } from '../model/api-response.ts';

/** What the answers of a journal belong to; those of another content are not used. */
export interface JournalOwner {
  readonly eval: string;
  readonly repository: string;
  readonly fingerprint: string;
  readonly parts: Readonly<Record<string, string>>;
  /** Fingerprints that earlier versions of the action gave to the same content. */
  readonly formerFingerprints?: readonly string[];
}

/** What a line says, without its answer. The tag is missing where a line does not name its owner, as the first one. */
export type JournalLine =
  | { readonly kind: 'answer'; readonly tag: string; readonly id: string }
  | { readonly kind: 'stateful'; readonly tag: string }
  | { readonly kind: 'failed'; readonly tag: string; readonly signature: string }
  /** Undamaged, and none of these: a first line, perhaps. */
  | { readonly kind: 'unknown'; readonly tag?: string }
  | { readonly kind: 'damaged' };

/** A longer line is no answer of a model. In bytes. */
export const LONGEST_LINE = 256 * 1024 * 1024;

/** A longer first line is none: that of an eval with a thousand parts has a thirtieth of it. In bytes. */
export const LONGEST_HEADER = 4 * 1024 * 1024;

/** Below this compression saves less than the time it takes. */
const WORTH_COMPRESSING = 2048;

const PREFIX = Buffer.from('{"crc":"');
/** Behind `{"crc":"xxxxxxxx",` */
const CHECKED_FROM = PREFIX.length + 8 + 2;

/** Enough of a hash to tell apart owners that nothing but chance made alike. */
export function ownerTag({ eval: key, repository, fingerprint }: JournalOwner): string {
  return createHash('sha256')
    .update(JSON.stringify([key, repository, fingerprint]))
    .digest('hex')
    .slice(0, 16);
}

/** 96 bits of the key are plenty to tell a million answers apart, in a third of the memory; `readAnswer` checks the rest. */
export function indexKey(key: string, n: number): string {
  return `${Buffer.from(key.slice(0, 24), 'hex').toString('latin1')}${n === 0 ? '' : n}`;
}

export function headerLine(
  { eval: key, repository, fingerprint, parts }: JournalOwner,
  made: number,
): Buffer {
  return checked({ journal: 1, eval: key, repository, fingerprint, parts, made });
}

export function answerLine(
  of: string,
  key: string,
  n: number,
  { status, type, body, usage, adaptations = [] }: ApiResponse,
): Buffer {
  const counts = [usage.prompt, usage.completion, usage.cached, usage.reasoning];
  const adapted = adaptations.length === 0 ? {} : { adapted: adaptations };
  return checked({ of, key, n, status, type, usage: counts, ...adapted, ...packed(body) });
}

export function statefulLine(of: string): Buffer {
  return checked({ of, stateful: 1 });
}

export function failedLine(of: string, signature: string): Buffer {
  return checked({ of, failed: signature });
}

/** Reads no more of a line than says what it is: its answer may be large. */
export function readLine(line: Buffer): JournalLine {
  if (!isIntact(line)) return { kind: 'damaged' };
  const head = line.toString('latin1', CHECKED_FROM, CHECKED_FROM + 128);
  const [, tag, rest] = /^"of":"([0-9a-f]{16})",(.*)$/s.exec(head) ?? [];
  if (tag === undefined || rest === undefined) return { kind: 'unknown' };
  const [, key, n] = /^"key":"([0-9a-f]{64})","n":(\d{1,9}),/.exec(rest) ?? [];
  if (key !== undefined) return { kind: 'answer', tag, id: indexKey(key, Number(n)) };
  if (rest === '"stateful":1}') return { kind: 'stateful', tag };
  const [, signature] = /^"failed":"([0-9a-f]{64})"}$/.exec(rest) ?? [];
  return signature === undefined ? { kind: 'unknown', tag } : { kind: 'failed', tag, signature };
}

/** What an undamaged first line says. */
export function readHeader(
  line: Buffer,
): { readonly owner: JournalOwner; readonly made: number } | undefined {
  if (line.length > LONGEST_HEADER) return undefined;
  try {
    const { made, eval: key, ...rest } = headerSchema.parse(JSON.parse(line.toString('utf8')));
    const { repository, fingerprint, parts } = rest;
    return { owner: { eval: key, repository, fingerprint, parts }, made };
  } catch {
    return undefined;
  }
}

/** The answer in a line, if it is undamaged and answers this request. */
export function readAnswer(line: Buffer, key: string, n: number): ApiResponse | undefined {
  if (!isIntact(line)) return undefined;
  try {
    const entry = entrySchema.parse(JSON.parse(line.toString('utf8')));
    // The index holds a part of the key only.
    if (entry.key !== key || entry.n !== n) return undefined;
    const [prompt, completion, cached, reasoning] = entry.usage;
    const { status, type, adapted: adaptations } = entry;
    const usage = { prompt, completion, cached, reasoning };
    return { status, type, body: unpacked(entry), usage, ...(adaptations.length > 0 && { adaptations }) };
  } catch {
    return undefined;
  }
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

const headerSchema = z.object({
  journal: z.literal(1),
  eval: z.string(),
  repository: z.string(),
  fingerprint: z.string(),
  parts: z.record(z.string(), z.string()),
  // Earlier versions did not write it: their segments are older than all that have it.
  made: z.int().nonnegative().default(0),
});

const tokens = z.int().nonnegative();
const adaptation = z.union([
  z.object({ model: z.string(), param: z.string(), value: z.string(), renamedTo: z.null() }),
  z.object({ model: z.string(), param: z.string(), value: z.null(), renamedTo: z.string() }),
]);
const entrySchema = z.object({
  key: z.string().regex(/^[0-9a-f]{64}$/),
  n: z.int().nonnegative(),
  status: z.int().min(200).max(299),
  type: z.string().max(1024),
  usage: z.tuple([tokens, tokens, tokens, tokens]),
  adapted: z.array(adaptation).default([]),
  text: z.string().optional(),
  zstd: z.string().optional(),
  base64: z.string().optional(),
});

function packed(body: Buffer): { text: string } | { zstd: string } | { base64: string } {
  if (body.length >= WORTH_COMPRESSING) {
    const zstd = zstdCompressSync(body);
    if (zstd.length * 4 < body.length * 3 * 0.9) return { zstd: zstd.toString('base64') };
  }
  const text = body.toString('utf8');
  return Buffer.from(text).equals(body) ? { text } : { base64: body.toString('base64') };
}

function unpacked({ text, zstd, base64 }: z.infer<typeof entrySchema>): Buffer {
  if (text !== undefined) return Buffer.from(text);
  if (zstd === undefined) return Buffer.from(base64 ?? '', 'base64');
  return zstdDecompressSync(Buffer.from(zstd, 'base64'), { maxOutputLength: LONGEST_LINE });
}
