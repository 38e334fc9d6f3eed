import type { auth as english } from "../en/auth.ts";
import type { Translation } from "../shape.ts";

export const auth = {} satisfies Translation<typeof english>;
