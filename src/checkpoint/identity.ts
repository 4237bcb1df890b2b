/** Which user of an eval set a job is, so that two of them never share a checkpoint: docs/adr/0007-whose-checkpoint.md. */
import { relative } from 'node:path';
import { type CheckpointIdentity, shortHash } from './keys.ts';

/** What is asked of the set. */
export interface SetRequest {
  readonly model: string;
  readonly evalSet: string;
  readonly cacheKey: string;
  readonly args: readonly string[];
  readonly registryPaths: readonly string[];
  /** Absolute. */
  readonly workingDirectory: string;
  /** Where the APIs are. */
  readonly urls: Readonly<Record<string, URL>>;
}

/** Who asks, in the words of GitHub; what it does not say is empty. */
export interface SetUser {
  /** Path of the workflow file, or else its name. */
  readonly workflow: string;
  readonly job: string;
  readonly step: string;
  /** The values of this leg of the job's matrix, as JSON. */
  readonly matrix: string;
  readonly runId: string;
  readonly runAttempt: number;
  /** Absolute path of the checkout, which differs between machines. */
  readonly workspace: string;
}

/** Holds nothing but hashes of what may be confidential, so that it can be written down. */
export function checkpointIdentity(request: SetRequest, user: SetUser): CheckpointIdentity {
  const { model, evalSet, cacheKey, args, registryPaths, workingDirectory, urls } = request;
  const { workflow, job, step, matrix, runId, runAttempt, workspace } = user;
  const portable = (text: string) => withoutWorkspace(text, workspace);
  return {
    model,
    evalSet,
    cacheKey,
    request: shortHash(
      {
        args: args.map(portable),
        registryPaths: registryPaths.map(portable),
        workingDirectory: relative(workspace || workingDirectory, workingDirectory),
        urls: Object.entries(urls).map(([name, url]) => [name, serverOf(url)]),
      },
      32,
    ),
    user: shortHash({ workflow, job, step, matrix }, 32),
    shard: { index: 1, count: 1 },
    runId,
    runAttempt,
  };
}

/** A self-hosted runner may have its checkout elsewhere than the one that ran the last attempt. */
function withoutWorkspace(text: string, workspace: string): string {
  return workspace.length > 1 ? text.replaceAll(workspace, '.') : text;
}

/**
 * The server of a base URL. A service container has another port in each run. User name, password and query only give
 * access, and may be secrets.
 */
function serverOf({ protocol, host, hostname, pathname }: URL): string {
  const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname) || hostname.endsWith('.localhost');
  return `${protocol}//${isLoopback ? hostname : host}${pathname.replace(/\/+$/, '')}`;
}
