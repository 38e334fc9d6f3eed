import { z } from "zod";

/** Text of a form as a person pastes it: without the space around it, of this pattern (anchored), 1000 characters at most. */
export const typed = (pattern: RegExp) => z.string().trim().max(1000).regex(pattern);
