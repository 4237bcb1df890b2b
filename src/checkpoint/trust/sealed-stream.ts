/**
 * A stream as chunks, each encrypted and authenticated, so that memory stays bounded and no data is passed on before it is
 * authenticated. The format is in encryption.ts.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';

/** Plain bytes of every chunk but the last. */
export const CHUNK = 1024 * 1024;
export const TAG = 16;
export const PREFIX = 7;

/** The data is not as it was sealed, or was sealed with another key or name. The message is a clause. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

export interface StreamKey {
  /** 32 bytes, for this one stream only. */
  readonly key: Buffer;
  readonly prefix: Buffer;
  /** Authenticated with every chunk. */
  readonly names: Buffer;
}

function nonce(prefix: Buffer, index: number, last: boolean): Buffer {
  const bytes = Buffer.alloc(12);
  prefix.copy(bytes);
  bytes.writeUInt32BE(index, PREFIX);
  bytes[11] = last ? 1 : 0;
  return bytes;
}

export function sealingStream({ key, prefix, names }: StreamKey): Transform {
  return inBlocks(CHUNK, (plain, index, last) => {
    const cipher = createCipheriv('aes-256-gcm', key, nonce(prefix, index, last));
    cipher.setAAD(names);
    return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  });
}

/** Fails with SealBroken at the first chunk that is not the one that was sealed at its place. */
export function openingStream({ key, prefix, names }: StreamKey): Transform {
  return inBlocks(CHUNK + TAG, (sealed, index, last) => {
    if (sealed.length < TAG) throw new SealBroken('it is damaged or incomplete');
    const end = sealed.length - TAG;
    const decipher = createDecipheriv('aes-256-gcm', key, nonce(prefix, index, last), { authTagLength: TAG });
    decipher.setAAD(names);
    decipher.setAuthTag(sealed.subarray(end));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(0, end)), decipher.final()]);
    } catch {
      throw new SealBroken('it is damaged, incomplete, or was saved under another name');
    }
  });
}

/**
 * Passes `work` blocks of exactly `size` bytes, and the rest as the last one. A block waits until more data or the end of
 * the stream shows whether it is the last one.
 */
function inBlocks(size: number, work: (block: Buffer, index: number, last: boolean) => Buffer): Transform {
  let pieces: Buffer[] = [];
  let held = 0;
  let index = 0;
  const take = (length: number, last: boolean): Buffer => {
    const all = Buffer.concat(pieces);
    pieces = length < all.length ? [all.subarray(length)] : [];
    held -= length;
    index += 1;
    return work(all.subarray(0, length), index - 1, last);
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      pieces.push(chunk);
      held += chunk.length;
      attempt(done, () => {
        while (held > size) this.push(take(size, false));
      });
    },
    flush(done) {
      attempt(done, () => {
        this.push(take(held, true));
      });
    },
  });
}

function attempt(done: TransformCallback, work: () => void): void {
  try {
    work();
    done();
  } catch (error) {
    done(error as Error);
  }
}
