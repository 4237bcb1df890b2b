/** Whose code a frame or an exception of Python is. Pure. */

/** Installed packages, and directories with `lib/python3.11`, which contain Python's own modules. */
const INSTALLED = /\/(?:site|dist)-packages\/|\/lib\/python3\.\d+\//;

const OF_THE_ACTION = /\/oaievalset_action\//;

/** Exceptions of API clients: the API refused a request, or did not respond. */
const OF_API_CLIENT = /^(?:openai|anthropic|httpx2?|litellm)\./;

export function isInstalled(file: string): boolean {
  return INSTALLED.test(file);
}

/** Whether the file is neither installed, nor one of the action, nor one that Python made up, such as `<string>`. */
export function isUsersFile(file: string): boolean {
  return file.startsWith('/') && !INSTALLED.test(file) && !OF_THE_ACTION.test(file);
}

/** @param type as in the last line of a traceback, such as `openai.NotFoundError` or `openai.NotFoundError: …` */
export function isOfApiClient(type: string): boolean {
  return OF_API_CLIENT.test(type);
}
