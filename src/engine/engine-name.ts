/** A leaf: it imports nothing, so that reading the inputs does not bring the engines along. */

export type EngineName = 'warm' | 'oaieval';

/** Forking a process that has imported much is safe on Linux; on macOS system libraries forbid it. */
export function defaultEngine(platform: NodeJS.Platform): EngineName {
  return platform === 'linux' ? 'warm' : 'oaieval';
}
