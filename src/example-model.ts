/**
 * The model that every example asks: in README.md, docs/, action.yml, messages and the demo. It has to be one that the
 * OpenAI API serves today; CONTRIBUTING.md says how to check that before a release. `npm run readme` writes it into the
 * texts, and `npm run check` fails while one of them names another.
 */
export const EXAMPLE_MODEL = 'gpt-6-luna';
