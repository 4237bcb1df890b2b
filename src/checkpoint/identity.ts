/** Which user of an eval set a job is, so that two of them never share a checkpoint: docs/adr/0007-whose-checkpoint.md. */
import { relative } from 'node:path';
import { type ModelMap, sortedLines } from '../model/model-map.ts';
import { isWhole, type Shard } from '../model/shard.ts';
import { type CheckpointIdentity, shortHash } from './keys.ts';

/** What the job requests of the eval set. */
export interface SetRequest {
  readonly model: string;
  /** Empty: none. */
  readonly judgeModel: string;
  readonly modelMap: ModelMap;
  readonly evalSet: string;
  readonly cacheKey: string;
  readonly args: readonly string[];
  readonly registryPaths: readonly string[];
  /** Absolute. */
  readonly workingDirectory: string;
  /** The base URLs of the APIs. */
  readonly urls: Readonly<Record<string, URL>>;
  readonly shard: Shard;
}

/** The job and the step that use the eval set, as GitHub names them. What GitHub does not name is empty. */
export interface SetUser {
  /** The path of the workflow file, or the name of the workflow. */
  readonly workflow: string;
  readonly job: string;
  readonly step: string;
  /** The values of the job's matrix, as JSON. */
  readonly matrix: string;
  readonly runId: string;
  readonly runAttempt: number;
  /** The absolute path of the checkout, which differs between machines. */
  readonly workspace: string;
}

/** What may be confidential is in it only as a hash, so it can be stored. */
export function checkpointIdentity(request: SetRequest, user: SetUser): CheckpointIdentity {
  const { model, judgeModel, modelMap, evalSet, cacheKey, args, registryPaths, workingDirectory, urls } =
    request;
  const { shard } = request;
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
        ...(judgeModel === '' ? {} : { judgeModel }),
        ...(modelMap.size > 0 ? { modelMap: sortedLines(modelMap) } : {}),
      },
      32,
    ),
    // The job that merges the shards has to find their checkpoints, and it is another job with another matrix.
    user: shortHash(isWhole(shard) ? { workflow, job, step, matrix } : { workflow }, 32),
    shard,
    runId,
    runAttempt,
  };
}

/** Two self-hosted runners may have their checkouts at different paths. */
function withoutWorkspace(text: string, workspace: string): string {
  return workspace.length > 1 ? text.replaceAll(workspace, '.') : text;
}

/**
 * The server of a base URL. A service container has a different port in each run. User name, password and query only
 * grant access, and may be secrets.
 */
function serverOf({ protocol, host, hostname, pathname }: URL): string {
  const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname) || hostname.endsWith('.localhost');
  return `${protocol}//${isLoopback ? hostname : host}${pathname.replace(/\/+$/, '')}`;
}
