/**
 * The cache worker with a fast clock: what it waits between two attempts passes 200 times faster. All else is real: its
 * process, GitHub's client, and the order of what happens.
 */
import './hasty-clock.ts';
import '../../src/cache-worker.ts';
