/** What a user can do about a model that is, or will be, shut down. Pure. */
import { oneLine } from '../../text.ts';

/** The model that an eval asked for, and the one that was sent: the same, unless the model map replaced it. */
export interface ModelNames {
  readonly asked: string;
  readonly sent: string;
}

const MAX_NAME_BYTES = 200;

export const shownModel = (name: string): string => oneLine(name, MAX_NAME_BYTES);

/** @param chosen the models of the inputs */
export function adviseOnModel({ asked, sent }: ModelNames, chosen: readonly string[]): string {
  const [name, live] = [shownModel(asked), shownModel(sent)];
  if (asked !== sent) return `Correct the line ${name}=${live} of the input model-map.`;
  if (chosen.includes(asked)) return 'Choose a live model in the input that names it.';
  return `This name is written into the eval or its solver. To ask a live model instead, set the input model-map: ${name}=<live model>`;
}
