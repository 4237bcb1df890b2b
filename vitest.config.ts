import { defineConfig } from 'vitest/config';

/** `vitest run` is what every change has to pass. The others take minutes, and run when they are named (`--project long`). */
const usual = ['unit', 'integration', 'bundle'] as const;
const onDemand = ['long', 'e2e'] as const;

const named = onDemand.filter((name) =>
  process.argv.some((argument) => argument === name || argument === `--project=${name}`),
);

export default defineConfig({
  test: {
    // For a busy machine: no test may depend on how fast it is.
    testTimeout: 300_000,
    hookTimeout: 600_000,
    maxWorkers: 2,
    // Of concurrent tests in a file: each runs an action, with Python and evals of its own.
    maxConcurrency: 4,
    projects: (named.length > 0 ? named : usual).map((name) => ({
      extends: true,
      test: {
        name,
        include: [`test/${name}/**/*.test.ts`],
        // One act at a time is enough for two cores.
        ...(name === 'e2e' ? { fileParallelism: false } : {}),
      },
    })),
  },
});
