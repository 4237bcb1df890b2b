/** Where the responses to one prompt came from: the API, a recording, or both for different requests. */
export type PromptSource = 'sent' | 'replayed' | 'both';

/** By the digest of the prompt. */
export type PromptSources = ReadonlyMap<string, PromptSource>;
