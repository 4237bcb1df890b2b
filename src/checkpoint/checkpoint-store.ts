import { ActionError } from '../errors.ts';
import { type CheckpointIdentity, checkpointKeys } from './keys.ts';
import { type CheckpointStore, openCheckpointStore } from './store.ts';
import { encryptionKeyProblem } from './trust/encryption.ts';

export interface StoreRequest {
  readonly identity: CheckpointIdentity;
  /** Encrypts checkpoints; then only encrypted ones are restored. Empty: checkpoints are not encrypted. */
  readonly encryptionKey: string;
  readonly temporaryDirectory: string;
  /** The number of the first checkpoint to save. Post continues the numbers of main, so that no key is used twice. */
  readonly firstSeq: number;
  /** The job's environment. */
  readonly env: NodeJS.ProcessEnv;
}

/** @throws ActionError INPUT_INVALID when the encryption key can be guessed */
export function checkpointStore({ identity, ...options }: StoreRequest): CheckpointStore {
  const problem = options.encryptionKey && encryptionKeyProblem(options.encryptionKey);
  if (problem) {
    throw new ActionError(
      'INPUT_INVALID',
      `The input encryption-key cannot be used: ${problem}.`,
      'Generate a key with "openssl rand -base64 32", and store it as a secret of the repository.',
    );
  }
  return openCheckpointStore({ keys: checkpointKeys(identity), ...options });
}
