/** All variants of reports. */
import { baselineVariants } from './baseline.ts';
import { endVariants } from './ends.ts';
import { hostileVariant } from './hostile.ts';
import { ruleVariants } from './rules.ts';
import type { Variant } from './variant.ts';

export const variants: readonly Variant[] = [
  ...endVariants,
  ...baselineVariants,
  ...ruleVariants,
  hostileVariant,
];
