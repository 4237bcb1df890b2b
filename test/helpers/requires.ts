import { execFileSync } from 'node:child_process';

/** What some tests need and not every machine has. */
const checks = {
  /** To mount a file system. */
  mount: () =>
    process.platform === 'linux' &&
    process.getuid?.() === 0 &&
    succeeds('unshare', '--mount', 'mount', '-t', 'tmpfs', '-o', 'size=64k', 'none', '/mnt'),
  root: () => process.getuid?.() === 0,
  uv: () => succeeds('uv', '--version'),
  zstd: () => succeeds('zstd', '--version'),
} as const;

export type Requirement = keyof typeof checks;

/** Set where skipped tests are a failure: the requirements that this machine has to meet, separated by commas. */
const REQUIRED = 'TESTS_REQUIRE';

/**
 * Whether this machine has what a test needs, for `describe.runIf` and `test.runIf`. On a machine that has to have it
 * (`TESTS_REQUIRE=mount,uv`) it throws instead of skipping the test without a word.
 */
export function has(requirement: Requirement): boolean {
  const met = checks[requirement]();
  if (!met && process.env[REQUIRED]?.split(',').includes(requirement)) {
    throw new Error(`${REQUIRED} says that this machine has ${requirement}, but it does not`);
  }
  return met;
}

function succeeds(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
