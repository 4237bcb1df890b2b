/** A command as `oaievalset` records it: `["oaieval", model, resolved eval key, …arguments]`. */
export type Command = readonly string[];

/** Formats a command as Python's `json.dumps` does: with `", "` between items, and with only printable ASCII unescaped. */
export function formatCommand(command: Command): string {
  return `[${command.map(pythonString).join(', ')}]`;
}

/** The completion functions of a command. A model-graded eval is graded by the last one. */
export function completionFnsOf([, model = '']: Command): readonly string[] {
  return model.split(',');
}

/** A key for maps and sets. Two commands are the same if and only if their ids are. */
export function commandId(command: Command): string {
  return JSON.stringify(command);
}

function pythonString(value: string): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
