import { z } from "zod";

/**
 * Text of a form as a person pastes it: without the space around it, of this pattern, 1000 characters at most. The pattern is
 * anchored, and one that browsers take too: they read it with the `v` flag, under which no bare `-` or `/` stands in a class.
 */
export const typed = (pattern: RegExp) => z.string().trim().max(1000).regex(pattern);
