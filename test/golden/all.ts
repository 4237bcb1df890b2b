/** All scenarios, in the order of the gallery. */
import type { Scenario } from './scenario.ts';
import { api } from './scenarios/api.ts';
import { budgets } from './scenarios/budgets.ts';
import { configuration } from './scenarios/configuration.ts';
import { failures } from './scenarios/failures.ts';
import { interrupted } from './scenarios/interrupted.ts';
import { judgeAndModels } from './scenarios/judge-and-models.ts';
import { large } from './scenarios/large.ts';
import { ordinary } from './scenarios/ordinary.ts';
import { reuse } from './scenarios/reuse.ts';

export const scenarios: readonly Scenario[] = [
  ...ordinary,
  ...interrupted,
  ...failures,
  ...api,
  ...budgets,
  ...configuration,
  ...reuse,
  ...judgeAndModels,
  ...large,
];
