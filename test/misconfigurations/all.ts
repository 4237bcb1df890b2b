import { inputMistakes } from './inputs.ts';
import type { Misconfiguration } from './misconfiguration.ts';
import { registryMistakes } from './registry.ts';

export const misconfigurations: readonly Misconfiguration[] = [...inputMistakes, ...registryMistakes];
