/** Names of models in texts that users read. There shall be only one: a name that is copied has to work. */

/**
 * OpenAI's names, Anthropic's and Google's, dated ones included. What follows a slash or a dot belongs to another word, and
 * a name before `=` is one that the example replaces.
 */
const MODEL_NAME =
  /(?<![\w./-])(?:(?:chat)?gpt-\d[\w.-]*|o\d(?:-(?:mini|pro|preview)[\w.-]*)?|(?:text-)?(?:davinci|babbage)-\d+|claude-[\w.-]*\d[\w.-]*|gemini-\d[\w.-]*)(?<=\w)(?![\w/=-]|\.\w)/g;

/** Model names other than `current`, each with the number of its line. */
export function otherModels(
  text: string,
  current: string,
): { readonly line: number; readonly name: string }[] {
  return text
    .split('\n')
    .flatMap((content, index) =>
      [...content.matchAll(MODEL_NAME)].flatMap(([name]) =>
        name === current ? [] : [{ line: index + 1, name }],
      ),
    );
}

/** The same text with `current` in place of every other model name. */
export function renewModels(text: string, current: string): string {
  return text.replace(MODEL_NAME, current);
}
