import type { Results } from './results.ts';
import type { SamplesByEval } from './sample.ts';
import type { BaselineSource } from './verdict.ts';

/** What the input `baseline` names, after it was read and checked. */
export type Baseline =
  | {
      readonly kind: 'usable';
      readonly source: BaselineSource;
      readonly results: Results;
      /** Undefined when no samples.jsonl lies beside it. */
      readonly samples: SamplesByEval | undefined;
      /** Why the samples.jsonl that lies beside it is not used, as a clause; undefined when it is used or not there. */
      readonly samplesProblem?: string | undefined;
    }
  /** `problem`: why, as a clause, such as `it is not there`. `next`: what to do, a whole sentence. */
  | { readonly kind: 'unusable'; readonly path: string; readonly problem: string; readonly next: string };
