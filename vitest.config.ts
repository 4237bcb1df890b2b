import { defineConfig } from 'vitest/config';

/** `vitest run` runs these. */
const usual = ['unit', 'integration', 'bundle'] as const;
/** These run when they are named (`--project soak`). */
const onDemand = ['soak', 'e2e'] as const;

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
    coverage: { include: ['src/**/*.ts'], reporter: ['text', 'html'] },
    tags: [
      {
        name: 'long',
        description: 'Takes too long for every change. npm cit leaves it out, .ci/run runs it.',
      },
      {
        name: 'python',
        description: 'Takes long, and must run on each Python: npm run test:pythons.',
      },
      {
        name: 'soak',
        description: 'Proves for more kinds what .ci/run proves for one: npm run test:soak.',
      },
    ],
    projects: (named.length > 0 ? named : usual).map((name) => ({
      extends: true,
      test: {
        name,
        include: [`test/${name}/**/*.test.ts`],
        // Of a unit test, starting a process and importing takes longer than the test. These share a process.
        ...(name === 'unit' ? { isolate: false } : {}),
        // One act at a time: .ci/run runs torture beside it.
        ...(name === 'e2e' ? { fileParallelism: false } : {}),
      },
    })),
  },
});
