import { createTRPCClient, httpBatchLink, TRPCClientError } from "@trpc/client";
import type { AppRouter } from "#server/trpc/root.ts";
import { maxBatch } from "./max-batch.ts";

/** The procedures, asked from the browser with its session. Loaded only by what asks for more after the page has come. */
export const api = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: "/api/trpc", maxItems: maxBatch })] });

export type Api = typeof api;

/** No answer at all, as opposed to one that says no: the network is away, or we are. */
export const isUnanswered = (error: unknown): boolean => error instanceof TRPCClientError && error.data === undefined;
