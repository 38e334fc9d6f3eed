import type { client as english } from "../en/client.ts";
import type { Translation } from "../shape.ts";

export const client = {} satisfies Translation<typeof english>;
