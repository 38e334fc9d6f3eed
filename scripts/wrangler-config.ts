import { resolve } from "node:path";

export const wranglerConfig = resolve(import.meta.dirname, "../wrangler.toml");

/**
 * For wrangler, which else reads the .dev.vars beside its configuration by itself, and says so: that file has the keys of the
 * dev server, and they open no other Atrium. An empty list counts as none given, hence a file that cannot be there.
 */
export const noDevVars = { envFiles: [resolve(wranglerConfig, "none")] };
