/** Below this size, zod takes longer to compile a schema than it saves by reading with the compiled one. */
const MIN_COMPILED_LENGTH = 256 * 1024;

/** How zod reads a file with a schema that is used for this text only: compiled, or as it is. */
export function schemaUse(text: string): { readonly jitless: boolean } {
  return { jitless: text.length < MIN_COMPILED_LENGTH };
}
