/** Parts of error bodies as the providers send them, from their documentation and from public bug reports. */
export const gemini = (code: number, status: string, message: string, details: object[] = []) => [
  { error: { code, message, status, details } },
];
export const quota = (...ids: string[]) => ({
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: ids.map((quotaId) => ({ quotaId })),
});
export const reason = (name: string) => ({
  '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
  reason: name,
});
export const openai = (message: string, more: object = {}) => ({
  error: { message, type: 'invalid_request_error', param: null, code: null, ...more },
});
export const CHECK_PLAN = 'You exceeded your current quota, please check your plan and billing details.';
