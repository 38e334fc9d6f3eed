import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { noDevVars, wranglerConfig } from "./wrangler-config.ts";

/** What wrangler.toml says of the Worker, for Miniflare; without any variable. */
export const workerOptions = () =>
  unstable_getMiniflareWorkerOptions(wranglerConfig, undefined, { overrides: {}, ...noDevVars }).workerOptions;
