/** A leaf. Its importers, such as the inputs, do not pull the engines into their bundle. */

export type EngineName = 'warm' | 'oaieval';

/** Forking a process that has imported many libraries is safe on Linux, but not on macOS because of its system libraries. */
export function defaultEngine(platform: NodeJS.Platform): EngineName {
  return platform === 'linux' ? 'warm' : 'oaieval';
}
