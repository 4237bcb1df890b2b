/** A command as the progress file records it. */
/** A command as `oaievalset` records it: `["oaieval", model, resolved eval key, …arguments]`. */
export type Command = readonly string[];

/** One command as Python's `json.dumps` writes it: `", "` between items, everything but printable ASCII escaped. */
export function formatCommand(command: Command): string {
  return `[${command.map(pythonString).join(', ')}]`;
}

/** A key for maps and sets: two commands are the same when it is. */
export function commandId(command: Command): string {
  return JSON.stringify(command);
}

function pythonString(value: string): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
