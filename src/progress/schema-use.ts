import type { z } from 'zod';

/** Below this size, zod takes longer to compile a schema than it saves by reading with the compiled one. */
const MIN_COMPILED_LENGTH = 256 * 1024;

/** Characters that this process has read with each schema. A merge of shards reads hundreds of small files. */
const lengths = new WeakMap<z.ZodType, number>();

/** How zod reads the values of one more text with a schema: compiled, or as it is. */
export function schemaUse(schema: z.ZodType, text: string): { readonly jitless: boolean } {
  const length = (lengths.get(schema) ?? 0) + text.length;
  lengths.set(schema, length);
  return { jitless: length < MIN_COMPILED_LENGTH };
}
