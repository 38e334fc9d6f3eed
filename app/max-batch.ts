/** Calls in one request to /api/trpc: each is a query or more, and an invocation has a thousand of them in all. */
export const maxBatch = 20;
