import { execFileSync } from 'node:child_process';
import { findChromium } from './chromium.ts';

/** Whether this machine has something that only some tests need. */
const checks = {
  /** The permission to mount a file system. */
  mount: () =>
    process.platform === 'linux' &&
    process.getuid?.() === 0 &&
    succeeds('unshare', '--mount', 'mount', '-t', 'tmpfs', '-o', 'size=64k', 'none', '/mnt'),
  root: () => process.getuid?.() === 0,
  chromium: () => findChromium() !== undefined,
  uv: () => succeeds('uv', '--version'),
  zstd: () => succeeds('zstd', '--version'),
} as const;

export type Requirement = keyof typeof checks;

/** The variable with which CI turns skipped tests into failures. It lists requirements, separated by commas. */
const REQUIRED = 'TESTS_REQUIRE';

/**
 * Whether this machine meets a requirement, for `describe.runIf` and `test.runIf`.
 * @throws if it does not, and TESTS_REQUIRE lists the requirement, so that the test is not skipped silently
 */
export function has(requirement: Requirement): boolean {
  const met = checks[requirement]();
  if (!met && process.env[REQUIRED]?.split(',').includes(requirement)) {
    throw new Error(`${REQUIRED} lists ${requirement}, which this machine does not have.`);
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
