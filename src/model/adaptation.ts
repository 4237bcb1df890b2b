/** A parameter that one model does not accept, and what is sent instead. */
export type Adaptation =
  /** The model rejects this value (as JSON). The parameter is left out, so that the model's default applies. */
  | { readonly model: string; readonly param: string; readonly value: string; readonly renamedTo: null }
  /** The model rejects the name of the parameter. Its value is sent under another name. */
  | { readonly model: string; readonly param: string; readonly value: null; readonly renamedTo: string };

/** Whether answers were sampled at the model's own temperature, so that two runs may differ. */
export function leavesOutTemperature({ param, renamedTo }: Adaptation): boolean {
  return param === 'temperature' && renamedTo === null;
}

/** `temperature 0 is left out, so its default applies` or `max_tokens is sent as max_completion_tokens` */
export function describeAdaptation({ param, value, renamedTo }: Adaptation): string {
  return renamedTo === null
    ? `${param} ${value} is left out, so its default applies`
    : `${param} is sent as ${renamedTo}`;
}
