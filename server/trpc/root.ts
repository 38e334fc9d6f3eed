import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { createCallerFactory, router } from "./init.ts";
import { me } from "./routers/me.ts";
import { signIn } from "./routers/sign-in.ts";

export const appRouter = router({ signIn, me });

export type AppRouter = typeof appRouter;
export type Inputs = inferRouterInputs<AppRouter>;
export type Outputs = inferRouterOutputs<AppRouter>;

/** Calls procedures in-process, with their checks: what loaders and actions use. */
export const createCaller = createCallerFactory(appRouter);
export type Caller = ReturnType<typeof createCaller>;
