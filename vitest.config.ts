import { defineConfig } from 'vitest/config';

// `vitest run` is what every change has to pass. End-to-end tests need act and evals and take minutes: they run when
// they are asked for, with `vitest run --project e2e`.
const endToEnd = process.argv.some((argument) => /^(--project=)?e2e$/.test(argument));

const usual = ['unit', 'integration', 'bundle'] as const;

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    // Of concurrent tests in a file: each runs an action, with Python and evals of its own.
    maxConcurrency: 4,
    projects: (endToEnd ? (['e2e'] as const) : usual).map((name) => ({
      extends: true,
      test: {
        name,
        include: [`test/${name}/**/*.test.ts`],
        // One act at a time is enough for two cores.
        ...(name === 'e2e' ? { fileParallelism: false, testTimeout: 300_000 } : {}),
      },
    })),
  },
});
