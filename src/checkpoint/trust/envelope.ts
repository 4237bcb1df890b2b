/** The content of a cache entry: the checkpoint as it is, or as one encrypted file. */
import { lstat, mkdir, rename, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type CacheTrouble, failed } from '../cache/outcome.ts';
import { CHECKPOINT_PATH } from '../cache/protocol.ts';
import { FILES, isDirectory, OPENED } from '../private-directory.ts';
import { openSealed, type Sealing, sealTree } from './encryption.ts';
import { SealBroken } from './sealed-stream.ts';

/** The first directory of the path. */
const TOP = dirname(CHECKPOINT_PATH);

/** The only file of an encrypted checkpoint. No state file has this name: they all begin with a model's name and a dot. */
const SEALED = 'checkpoint.enc';

/** Puts the checkpoint, encrypted if there is a key, at `<directory>/files/tmp/oaievalset`. */
export async function wrap(snapshotRoot: string, directory: string, sealing: Sealing): Promise<void> {
  const files = join(directory, FILES);
  if (!sealing.encryptionKey) {
    // tar follows a link in the path of what it packs, and the archive does not show it. So nothing has to be copied.
    await symlink(resolve(snapshotRoot, TOP), join(files, TOP));
    return;
  }
  await mkdir(join(files, CHECKPOINT_PATH), { recursive: true, mode: 0o700 });
  const target = join(files, CHECKPOINT_PATH, SEALED);
  await sealTree(resolve(snapshotRoot), CHECKPOINT_PATH, target, sealing);
}

/** Puts the decrypted checkpoint at `<staging>/tmp/oaievalset`, or says why the entry has none. */
export async function unwrap(
  staging: string,
  maxBytes: number,
  sealing: Sealing,
): Promise<CacheTrouble | undefined> {
  const { encryptionKey, entryKey } = sealing;
  const files = join(staging, FILES);
  const empty = failed(`the entry ${entryKey} contains no ${CHECKPOINT_PATH}`);
  if (!(await hasCheckpoint(files))) return empty;
  const sealed = join(files, CHECKPOINT_PATH, SEALED);
  const isSealed = await exists(sealed);
  if (!encryptionKey) {
    if (!isSealed) return move(files, staging);
    return failed(
      `the entry ${entryKey} is encrypted, and encryption-key is not set; set it to the key of the run that saved ` +
        'the entry, or change cache-key to start fresh',
    );
  }
  if (!isSealed) {
    return failed(
      `the entry ${entryKey} is not encrypted, and encryption-key is set, so anyone who can write to the cache ` +
        'may have made it; the next checkpoint is encrypted and replaces it',
    );
  }
  const opened = join(staging, OPENED);
  await mkdir(opened, { mode: 0o700 });
  try {
    await openSealed(sealed, opened, maxBytes, sealing);
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error;
    return failed(
      `the encrypted entry ${entryKey} cannot be used: ${error.message}; check encryption-key, or change cache-key ` +
        'to start fresh',
    );
  }
  return (await hasCheckpoint(opened)) ? move(opened, staging) : empty;
}

/** Checks each directory of the path: in an archive, `tmp` may be a link to the state directory of this machine. */
async function hasCheckpoint(directory: string): Promise<boolean> {
  return (await isDirectory(join(directory, TOP))) && (await isDirectory(join(directory, CHECKPOINT_PATH)));
}

async function move(from: string, staging: string): Promise<undefined> {
  await rename(join(from, TOP), join(staging, TOP));
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
