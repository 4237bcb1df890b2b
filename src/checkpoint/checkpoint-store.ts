import { ActionError } from '../errors.ts';
import { type CheckpointIdentity, checkpointKeys } from './keys.ts';
import { type CheckpointStore, openCheckpointStore } from './store.ts';
import { encryptionKeyProblem } from './trust/encryption.ts';

export interface StoreRequest {
  readonly identity: CheckpointIdentity;
  /** Encrypts checkpoints, and then only encrypted ones are restored. Empty: checkpoints are plain. */
  readonly encryptionKey: string;
  readonly temporaryDirectory: string;
  /** Sequence number of the first checkpoint to save. Post continues where main stopped, so that no key is used twice. */
  readonly firstSeq: number;
  /** The environment of the job. */
  readonly env: NodeJS.ProcessEnv;
}

/** @throws ActionError INPUT_INVALID when the encryption key can be guessed */
export function checkpointStore({ identity, ...options }: StoreRequest): CheckpointStore {
  const problem = options.encryptionKey && encryptionKeyProblem(options.encryptionKey);
  if (problem) {
    throw new ActionError(
      'INPUT_INVALID',
      `The input encryption-key cannot be used: ${problem}.`,
      'Make a key with "openssl rand -base64 32", and store it as a secret of the repository.',
    );
  }
  return openCheckpointStore({ keys: checkpointKeys(identity), ...options });
}
