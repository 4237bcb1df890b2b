/** Finds the names of models in texts for users, which may name only one model, because users copy examples. */

/**
 * The names of models of OpenAI, Anthropic and Google, with or without a date. A name after a slash or a dot is part of
 * another word, and a name before `=` is one that the example replaces.
 */
const MODEL_NAME =
  /(?<![\w./-])(?:(?:chat)?gpt-\d[\w.-]*|o\d(?:-(?:mini|pro|preview)[\w.-]*)?|(?:text-)?(?:davinci|babbage)-\d+|claude-[\w.-]*\d[\w.-]*|gemini-\d[\w.-]*)(?<=\w)(?![\w/=-]|\.\w)/g;

/** The names of models other than `current`, with their line numbers, which start at 1. */
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

/** Replaces the names of all other models in the text with `current`. */
export function renewModels(text: string, current: string): string {
  return text.replace(MODEL_NAME, current);
}
