import { classArgumentMistakes } from './class-arguments.ts';
import { codeMistakes } from './code.ts';
import { dataMistakes } from './data.ts';
import { inputMistakes } from './inputs.ts';
import { keyMistakes } from './keys.ts';
import type { Misconfiguration } from './misconfiguration.ts';
import { pathMistakes } from './paths.ts';
import { priceMistakes } from './prices.ts';
import { registryMistakes } from './registry.ts';
import { reportMistakes } from './reports.ts';
import { shardMistakes } from './shards.ts';
import { valueMistakes } from './values.ts';

export const misconfigurations: readonly Misconfiguration[] = [
  ...inputMistakes,
  ...valueMistakes,
  ...reportMistakes,
  ...shardMistakes,
  ...keyMistakes,
  ...pathMistakes,
  ...registryMistakes,
  ...codeMistakes,
  ...dataMistakes,
  ...classArgumentMistakes,
  ...priceMistakes,
];
