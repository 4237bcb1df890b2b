/** Finds names of models in texts for users. They may name one model only: a name that is copied has to work. */

/**
 * Names of OpenAI's, Anthropic's and Google's models, with or without a date. A name after a slash or a dot is part of
 * another word, and a name before `=` is one that the example replaces.
 */
const MODEL_NAME =
  /(?<![\w./-])(?:(?:chat)?gpt-\d[\w.-]*|o\d(?:-(?:mini|pro|preview)[\w.-]*)?|(?:text-)?(?:davinci|babbage)-\d+|claude-[\w.-]*\d[\w.-]*|gemini-\d[\w.-]*)(?<=\w)(?![\w/=-]|\.\w)/g;

/** Names of models other than `current`, each with its line number, which starts at 1. */
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

/** Replaces the name of every other model in the text by `current`. */
export function renewModels(text: string, current: string): string {
  return text.replace(MODEL_NAME, current);
}
