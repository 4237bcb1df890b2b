/**
 * The checkpoints of this run in the cache, and the deletion of those that a newer one replaced. Without the deletion a long
 * run fills the cache quota of the repository, and GitHub evicts entries of other workflows.
 */
import type { GitHubApi } from '../github/github-api.ts';
import type { Log } from '../log.ts';

export interface SupersededOptions {
  /** Its token needs the permission `actions: write`. Undefined: nothing is deleted. */
  readonly github: Pick<GitHubApi, 'request'> | undefined;
  /** GITHUB_REF. Empty: on any ref, which makes no difference, because a key names its run. */
  readonly ref: string;
  readonly log: Log;
}

export class SupersededCheckpoints {
  readonly #options: SupersededOptions;
  #newest: string | undefined;
  /** Oldest first, without the newest. */
  #superseded: readonly string[] = [];
  #isDenied = false;

  constructor(options: SupersededOptions) {
    this.#options = options;
  }

  /** The key of the newest checkpoint that this run saved. */
  get newest(): string | undefined {
    return this.#newest;
  }

  /** False without a token, or once GitHub has refused it. */
  get canDelete(): boolean {
    return this.#options.github !== undefined && !this.#isDenied;
  }

  /**
   * Notes that a checkpoint was saved, and deletes those that it replaces. A failed deletion is retried after the next
   * checkpoint. Never rejects.
   */
  async add(key: string, signal?: AbortSignal): Promise<void> {
    if (this.#newest !== undefined) this.#superseded = [...this.#superseded, this.#newest];
    this.#newest = key;
    const { github } = this.#options;
    if (github && !this.#isDenied) await this.#deleteSuperseded(github, signal);
  }

  async #deleteSuperseded(
    github: Pick<GitHubApi, 'request'>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { ref, log } = this.#options;
    for (const key of this.#superseded) {
      // https://docs.github.com/en/rest/actions/cache: deletes the entries with exactly this key.
      const query = { key, ...(ref === '' ? {} : { ref }) };
      const result = await github.request({ method: 'DELETE', path: 'actions/caches', query, signal });
      if (result.kind === 'denied') {
        this.#isDenied = true;
        log.info(
          `Earlier checkpoints of this run stay in the cache: the token lacks permission to delete cache entries (${result.cause}). ` +
            'They use cache storage until GitHub evicts them. To have them deleted, give the job ' +
            '"permissions: actions: write".',
        );
        return;
      }
      if (result.kind === 'failed' || result.kind === 'rate-limited') {
        log.info(
          `Earlier checkpoints were not deleted: ${result.cause}. The deletion is retried after the next checkpoint.`,
        );
        return;
      }
      // A missing entry has been evicted or deleted.
      this.#superseded = this.#superseded.filter((other) => other !== key);
      if (result.kind === 'ok') log.debug(`Deleted the superseded checkpoint ${key}`);
    }
  }
}
